"""Named adaptation groups: clusters that resemble an archetype clearly enough.

The archetypes are a documented seed of signed feature weights. A name is earned, by a
cluster through its centroid and by a user through the distance to the next cluster
and through resampling; otherwise the user is unclassified and the reason is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import pairwise_distances

from refugee_adaptation.adaptation.clustering import (
    Partition,
    Settings,
    chosen_clusters,
    resampled_partition,
)
from refugee_adaptation.adaptation.features import place_users, weight_matrix
from refugee_adaptation.shared.arrays import BoolArray, FloatArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.seeds import seed_rows
from refugee_adaptation.wording.frames import worded_frame
from refugee_adaptation.wording.messages import message

NOT_DESCRIBED = ("user_id", "user_number", "standing")
UNCLASSIFIED = "unclassified"
#: The standing of the people newcomers are compared with, and the name of their group.
HOST = "host"
ARCHETYPES = tuple(
    sorted({row["archetype"] for row in seed_rows("adaptation_archetypes")})
)

ASSIGNMENT_DTYPES = {
    "user_id": "string",
    "standing": "string",
    "method": "string",
    "cluster_id": "Int64",
    "group_name": "string",
    "unclassified_reason_message": "string",
    "unclassified_reason": "string",
    "unclassified_reason_zh": "string",
    **{f"{archetype}_score": "float64" for archetype in ARCHETYPES},
    "name_margin_score": "float64",
    "margin_score": "float64",
    "assignment_stability_share": "float64",
}
PROFILE_DTYPES = {
    "group_name": "string",
    "feature": "string",
    "user_count": "int64",
    "mean_value": "float64",
    "mean_low": "float64",
    "mean_high": "float64",
    "contrast_value": "float64",
    "contrast_low": "float64",
    "contrast_high": "float64",
    "contrast_score": "float64",
}


@dataclass(frozen=True)
class ClusterName:
    """Name of a cluster and how clearly it is earned.

    Attributes:
        name: The archetype, or None where none fits clearly.
        margin: Lead over the next archetype, in archetype units; NaN if unmatched.
    """

    name: str | None
    margin: float


def name_clusters(
    centroids: FloatArray, archetypes: list[str], margin: float
) -> list[ClusterName]:
    """Name clusters by the assignment with the largest total archetype score.

    No archetype names two clusters. A cluster keeps its name only if it scores above
    the average user on that archetype and leads its own next best archetype by the
    margin.

    Args:
        centroids: Archetype scores of the clusters, shape (k, a).
        archetypes: Their names, in the order of the columns.
        margin: Smallest lead, in archetype units.

    Returns:
        One name per cluster. Source of the assignment: Kuhn 1955 (Hungarian method).

    Raises:
        ValueError: If the shapes disagree.
    """
    if centroids.shape[1] != len(archetypes):
        raise ValueError("one column of centroids per archetype is needed")
    names = [ClusterName(None, float("nan")) for _ in centroids]
    rows, columns = linear_sum_assignment(-centroids)
    for row, column in zip(rows, columns, strict=True):
        score = centroids[row, column]
        others = np.delete(centroids[row], column)
        lead = float(score - others.max()) if len(others) else float(score)
        earned = score > 0 and lead >= margin
        names[row] = ClusterName(archetypes[column] if earned else None, lead)
    return names


def assign_groups(
    frame: pd.DataFrame,
    weights: pd.DataFrame,
    selection: pd.DataFrame,
    method: str,
    settings: Settings,
) -> pd.DataFrame:
    """Put every member in a named group, or say why not.

    Args:
        frame: One row per user: user_id, standing and the features of the weights.
            Members make the groups; everybody else is placed beside them.
        weights: Signed archetype weights (archetype, feature, weight).
        selection: Result of ``select_clusters`` for these users.
        method: The method whose choice is used.
        settings: Thresholds and draws.

    Returns:
        One row per user, in the frame's order, columns ASSIGNMENT_DTYPES. Hosts are a
        group of their own. Where no structure is claimed every member is unclassified;
        the archetype scores, in standard deviations of the members, are given all the
        same, as a position, not as a group.

    Raises:
        ValueError: If the weights name other archetypes than ARCHETYPES.
    """
    features, archetypes, matrix = weight_matrix(weights)
    if tuple(archetypes) != ARCHETYPES:
        raise ValueError(f"archetypes must be {ARCHETYPES}, not {tuple(archetypes)}")
    if frame.empty:
        return empty_frame(ASSIGNMENT_DTYPES)
    points, members = place_users(frame, features)
    result = pd.DataFrame({"user_id": frame["user_id"].astype(str)})
    result = result.reset_index(drop=True)
    result["standing"] = frame["standing"].to_numpy()
    result[[f"{name}_score" for name in archetypes]] = points @ matrix
    result["method"] = method
    result["cluster_id"] = pd.array([pd.NA] * len(result), dtype="Int64")
    for column in ("name_margin_score", "margin_score", "assignment_stability_share"):
        result[column] = np.nan
    is_host = (frame["standing"] == HOST).to_numpy()
    result["group_name"] = np.where(is_host, HOST, UNCLASSIFIED)
    result["unclassified_reason_message"] = [
        None if standing == HOST else message(f"standing_{standing}")
        for standing in frame["standing"]
    ]
    clusters = chosen_clusters(selection, method)
    if clusters is None:
        own = selection[selection["method"] == method]
        nearest = own.sort_values(["null_p_value", "cluster_count"])
        reason = nearest["reason_message"].iloc[0]
        result.loc[members, "unclassified_reason_message"] = reason
        return worded_frame(result, ASSIGNMENT_DTYPES)
    named = _named_members(points[members], matrix, clusters, method, settings)
    result.loc[members, list(named)] = named.to_numpy()
    return worded_frame(result, ASSIGNMENT_DTYPES)


def _named_members(
    points: FloatArray,
    matrix: FloatArray,
    clusters: int,
    method: str,
    settings: Settings,
) -> pd.DataFrame:
    """Cluster the members and name them; the columns that only a member has."""
    partition, stability = resampled_partition(points, clusters, method, settings)
    named = name_clusters(
        partition.centroids @ matrix, list(ARCHETYPES), settings.name_margin
    )
    margins = user_margins(points, partition)
    names = np.array([entry.name for entry in named], dtype=object)[partition.labels]
    leads = np.array([entry.margin for entry in named])
    reasons = np.select(
        [
            pd.isna(names),
            margins < settings.user_margin,
            stability.agreement < settings.min_user_stability,
        ],
        [
            message("no_archetype"),
            message("between_clusters"),
            message("changes_cluster"),
        ],
        "",
    )
    return pd.DataFrame(
        {
            "cluster_id": partition.labels,
            "group_name": np.where(reasons == "", names, UNCLASSIFIED),
            "unclassified_reason_message": [reason or None for reason in reasons],
            "name_margin_score": leads[partition.labels],
            "margin_score": margins,
            "assignment_stability_share": stability.agreement,
        }
    )


def user_margins(points: FloatArray, partition: Partition) -> FloatArray:
    """How much nearer a user is to the own cluster than to the next one.

    Args:
        points: Shape (n, d).
        partition: A partition of these points.

    Returns:
        Shape (n,), 0 on the border. K-Means: the simplified silhouette (b - a) /
        max(a, b), with a the distance to the own and b to the nearest other centroid
        (Hruschka, de Castro and Campello 2004). Mixture: the lead of the largest
        membership probability over the second. 0 for a single cluster.
    """
    if len(partition.centroids) < 2:
        return np.zeros(len(points))
    if partition.method == "gmm":
        likely = np.sort(partition.model.predict_proba(points), axis=1)
        return np.asarray(likely[:, -1] - likely[:, -2], dtype=np.float64)
    distances = np.sort(pairwise_distances(points, partition.centroids), axis=1)
    own, other = distances[:, 0], distances[:, 1]
    margin = np.divide(other - own, other, out=np.zeros_like(own), where=other > 0)
    return np.asarray(margin, dtype=np.float64)


def profile_groups(
    frame: pd.DataFrame, groups: pd.DataFrame, draws: int, seed: int
) -> pd.DataFrame:
    """Describe each group by its features, against everybody else.

    Args:
        frame: One row per user: user_id and features in any units; every column but
            NOT_DESCRIBED is described.
        groups: user_id and group_name of the same users.
        draws: Bootstrap resamples of users; the groups themselves are held fixed.
        seed: Seed.

    Returns:
        One row per group and feature, columns PROFILE_DTYPES: mean, contrast (mean of
        the group minus mean of the rest) and their 95 % percentile intervals in the
        feature's own units, and the contrast in standard deviations of all users.
        Means of nobody are missing.
    """
    columns = [name for name in frame if name not in NOT_DESCRIBED]
    if frame.empty:
        return empty_frame(PROFILE_DTYPES)
    joined = frame[["user_id", *columns]].merge(
        groups[["user_id", "group_name"]], on="user_id", validate="one_to_one"
    )
    names, codes = np.unique(joined["group_name"].astype(str), return_inverse=True)
    values = np.array(joined[columns].astype(float).to_numpy(), dtype=np.float64)
    observed = np.isfinite(values)
    values = np.where(observed, values, 0.0)
    member = (codes[:, None] == np.arange(len(names))).astype(np.float64)
    rng = np.random.default_rng([seed, 13])
    count = len(joined)
    point = _group_means(np.ones(count), member, values, observed)
    drawn = np.array(
        [
            _group_means(
                np.bincount(rng.integers(count, size=count), minlength=count).astype(
                    np.float64
                ),
                member,
                values,
                observed,
            )
            for _ in range(draws)
        ]
    ).reshape(draws, *point.shape)
    low, high = _interval(drawn)
    spread = np.sqrt(
        np.divide(
            ((values - _overall(values, observed)) ** 2 * observed).sum(axis=0),
            observed.sum(axis=0),
            out=np.full(len(columns), np.nan),
            where=observed.sum(axis=0) > 0,
        )
    )
    users = (member.T @ observed).astype(np.int64)
    rows = [
        {
            "group_name": str(name),
            "feature": feature,
            "user_count": users[g, f],
            "mean_value": point[0, g, f],
            "mean_low": low[0, g, f],
            "mean_high": high[0, g, f],
            "contrast_value": point[1, g, f],
            "contrast_low": low[1, g, f],
            "contrast_high": high[1, g, f],
            "contrast_score": point[1, g, f] / spread[f] if spread[f] > 0 else np.nan,
        }
        for g, name in enumerate(names)
        for f, feature in enumerate(columns)
    ]
    return typed_frame(rows, PROFILE_DTYPES)


def held_out(
    features: list[str], clustered: set[str], made_of: dict[str, list[str]]
) -> BoolArray:
    """Whether a contrast of groups on a feature can tell more than how they were made.

    Args:
        features: The features in question.
        clustered: Features that made the groups.
        made_of: What of the crawl features are made of.

    Returns:
        Shape (features,): False where it shares any of that with a feature that
        made the groups, or where it is not said what one of them is made of.
    """
    used = {part for name in clustered for part in made_of.get(name, ())}
    is_known = clustered <= made_of.keys()
    return np.array(
        [
            is_known and name in made_of and used.isdisjoint(made_of[name])
            for name in features
        ],
        dtype=np.bool_,
    )


def _group_means(
    weight: FloatArray, member: FloatArray, values: FloatArray, observed: FloatArray
) -> FloatArray:
    """Weighted mean and contrast with the rest, shape (2, groups, features)."""
    weighted = member * weight[:, None]
    sums, counts = weighted.T @ values, weighted.T @ observed.astype(np.float64)
    rest_sums, rest_counts = sums.sum(axis=0) - sums, counts.sum(axis=0) - counts
    blank = np.full(sums.shape, np.nan)
    means = np.divide(sums, counts, out=blank.copy(), where=counts > 0)
    rest = np.divide(rest_sums, rest_counts, out=blank.copy(), where=rest_counts > 0)
    return np.stack([means, means - rest])


def _overall(values: FloatArray, observed: FloatArray) -> FloatArray:
    """Mean of each column over the users it is observed for, shape (features,)."""
    counts = np.maximum(observed.sum(axis=0), 1)
    return np.asarray(values.sum(axis=0) / counts, dtype=np.float64)


def _interval(drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """95 % percentile interval over the first axis; NaN where nothing was drawn."""
    shape = drawn.shape[1:]
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    known = np.isfinite(drawn).any(axis=0) if len(drawn) else np.zeros(shape, bool)
    if known.any():
        bounds = np.nanquantile(drawn[:, known], [0.025, 0.975], axis=0)
        low[known], high[known] = bounds
    return low, high
