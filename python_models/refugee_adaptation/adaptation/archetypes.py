"""What a crawl says of each archetype, whether or not people fall into groups.

An archetype is a scale: a weighted sum of signs. Its reliability is coefficient alpha
(Cronbach 1951), with the distribution-free standard error of Maydeu-Olivares, Coffman
and Hartmann (2007); the standard error of measurement of one person's score is its
spread times the root of 1 - alpha (Lord and Novick 1968). Where clusters are claimed,
the share of people in each is that of the fitted mixture, not the count of the people
who earned a name, with a bootstrap of the whole fit (McLachlan and Peel 2000, 2.16).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student
from scipy.stats import ttest_ind

from refugee_adaptation.adaptation.clustering import (
    Settings,
    chosen_clusters,
    resampled_partition,
)
from refugee_adaptation.adaptation.features import place_users, weight_matrix
from refugee_adaptation.adaptation.groups import HOST, name_clusters
from refugee_adaptation.shared.arrays import FloatArray
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message

SCORE_DTYPES = {
    "archetype": "string",
    "sign_count": "int64",
    "member_count": "int64",
    "host_count": "int64",
    "alpha": "float64",
    "alpha_low": "float64",
    "alpha_high": "float64",
    "measurement_error": "float64",
    "score_p10": "float64",
    "score_median": "float64",
    "score_p90": "float64",
    "host_difference": "float64",
    "host_difference_low": "float64",
    "host_difference_high": "float64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "is_one_trait": "bool",
    **REASON_TYPES,
}


def coefficient_alpha(items: FloatArray) -> tuple[float, float]:
    """Coefficient alpha of a sum of items, and its standard error.

    Args:
        items: Weighted items, shape (n, k); constant ones are no items.

    Returns:
        Alpha and its distribution-free standard error; NaN for fewer than two items
        that vary, or fewer than three people.
    """
    items = items[:, items.std(axis=0) > 0] if len(items) else items
    count, signs = items.shape
    if count < 3 or signs < 2:
        return float("nan"), float("nan")
    squares = (items - items.mean(axis=0)) ** 2
    total = items.sum(axis=1)
    whole = (total - total.mean()) ** 2
    own, spread = squares.sum(axis=1), whole.mean()
    parts = own.mean()
    scale = signs / (signs - 1)
    influence = scale * (parts * (whole - spread) / spread - (own - parts)) / spread
    error = float(influence.std(ddof=1) / np.sqrt(count))
    return float(scale * (1 - parts / spread)), error


def mixture_shares(
    points: FloatArray, matrix: FloatArray, clusters: int, method: str, fit: Settings
) -> FloatArray:
    """Share of people in the clusters that earn each archetype's name.

    Args:
        points: Standardised features, shape (n, p).
        matrix: Weights of the archetypes, shape (p, a).
        clusters: Number of clusters.
        method: As in ``fit_partition``.
        fit: Draws, seed and margin of a name.

    Returns:
        Estimate, low and high of each archetype, shape (3, a): the 95 % interval is
        Student's over resamples of people, each fitted anew. NaN for an archetype that
        no cluster resembles.
    """
    names = [str(number) for number in range(matrix.shape[1])]
    partition, stability = resampled_partition(points, clusters, method, fit)
    drawn = stability.shares
    named = name_clusters(partition.centroids @ matrix, names, fit.name_margin)
    found = np.full((3, matrix.shape[1]), np.nan)
    bar = float(student.ppf(0.975, max(len(drawn) - 1, 1)))
    for cluster, name in enumerate(named):
        if name.name is not None and len(drawn) > 1:
            share = partition.shares[cluster]
            reach = bar * drawn[:, cluster].std(ddof=1)
            found[:, int(name.name)] = np.clip(
                [share, share - reach, share + reach], 0, 1
            )
    return found


def score_archetypes(
    frame: pd.DataFrame,
    weights: pd.DataFrame,
    selection: pd.DataFrame,
    method: str,
    settings: Settings,
    min_alpha: float,
) -> pd.DataFrame:
    """Judge each archetype as a scale, and say where people stand on it.

    Args:
        frame: One row per user: standing and the features of the weights.
        weights: Signed archetype weights (archetype, feature, weight).
        selection: Result of ``select_clusters`` for these users.
        method: The method whose clusters are used.
        settings: Draws and thresholds.
        min_alpha: The signs are one trait if the interval of alpha lies above it.

    Returns:
        One row per archetype, columns SCORE_DTYPES. Scores are in the units of
        ``assign_groups``: 0 is the mean member. Of fewer members than ``min_users``
        nothing is said; ``share`` is missing where no clusters are claimed.
    """
    features, archetypes, matrix = weight_matrix(weights)
    points, members = place_users(frame, features)
    hosts = points[(frame["standing"] == HOST).to_numpy(dtype=np.bool_)]
    people = points[members]
    clusters = chosen_clusters(selection, method)
    shares = np.full((3, len(archetypes)), np.nan)
    if clusters is not None:
        shares = mixture_shares(people, matrix, clusters, method, settings)
    judged = people if len(people) >= settings.min_users else people[:0]
    rows = []
    for column, archetype in enumerate(archetypes):
        signs = matrix[:, column] != 0
        items = judged[:, signs] * matrix[signs, column]
        scores = items.sum(axis=1)
        alpha, error = coefficient_alpha(items)
        low, high = alpha - 1.96 * error, alpha + 1.96 * error
        difference = _difference(hosts @ matrix[:, column], scores)
        rows.append(
            {
                "archetype": archetype,
                "sign_count": int(signs.sum()),
                "member_count": len(people),
                "host_count": len(hosts),
                "alpha": alpha,
                "alpha_low": low,
                "alpha_high": high,
                "measurement_error": _spread(scores) * np.sqrt(1 - min(alpha, 1.0)),
                "host_difference": difference[0],
                "host_difference_low": difference[1],
                "host_difference_high": difference[2],
                "share": shares[0, column],
                "share_low": shares[1, column],
                "share_high": shares[2, column],
                "is_one_trait": bool(low > min_alpha),
                "reason_message": _reason(alpha, low, min_alpha),
                **_quantiles(scores),
            }
        )
    return worded_frame(rows, SCORE_DTYPES)


def _reason(alpha: float, low: float, least: float) -> str:
    """Say why the signs are one trait, or are not."""
    if not np.isfinite(alpha):
        return message("archetype_unmeasured")
    code = "archetype_one_trait" if low > least else "archetype_no_trait"
    return message(code, alpha=alpha, least=least)


def _spread(scores: FloatArray) -> float:
    """Standard deviation; NaN of nobody."""
    return float(scores.std()) if len(scores) else float("nan")


def _quantiles(scores: FloatArray) -> dict[str, float]:
    """Tenth, middle and ninth decile; NaN of nobody."""
    levels = {"score_p10": 0.1, "score_median": 0.5, "score_p90": 0.9}
    return {
        name: float(np.quantile(scores, level)) if len(scores) else float("nan")
        for name, level in levels.items()
    }


def _difference(hosts: FloatArray, members: FloatArray) -> tuple[float, float, float]:
    """Mean of the hosts minus that of the members, with Welch's 95 % interval."""
    if min(len(hosts), len(members)) < 2:
        return float("nan"), float("nan"), float("nan")
    interval = ttest_ind(hosts, members, equal_var=False).confidence_interval()
    return float(hosts.mean() - members.mean()), interval.low, interval.high
