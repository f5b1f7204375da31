"""What the founding study's figures should have been compared with.

From the same posts: log counts, counts whose bands are read right, and nulls that hold
no groups. One row per figure, in a fixed order, with a reason where a figure cannot be
computed.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from scipy.stats import rankdata
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from refugee_adaptation.adaptation.clustering import silhouette
from refugee_adaptation.evidence.figures import (
    Figures,
    FigureTable,
    by_metric,
    cluster_sizes,
    largest_row_share,
    skewness,
    too_many_rows,
)
from refugee_adaptation.evidence.reading import METRICS, RECIPE_COLUMNS, read_counts
from refugee_adaptation.evidence.recipe import (
    CLUSTERS,
    RANDOM_STATE,
    dbscan_labels,
    k_means,
)
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.copula import GaussianCopula
from refugee_adaptation.shared.fits import many_small_fits

BAND_COLUMNS = tuple(
    f"{metric}_count{end}" for metric in METRICS for end in ("", "_band_end")
)
#: Pairs of rows that the silhouettes of one null may compare, and the fewest draws.
_NULL_PAIRS = 110_000_000
_FEWEST_DRAWS = 20
#: Rows of each cluster whose silhouettes stand for the cluster's in a null draw.
_SCORED_ROWS = 1_000
_NULLS = ("permutation", "lognormal", "rank_copula")
_NULL_FIGURES = (
    "audit_null_draws",
    *(
        f"audit_null_{null}_{what}"
        for null in _NULLS
        for what in ("mean", "p05", "p95", "share")
    ),
)
_LOG_FIGURES = (
    "clusters_silhouette",
    "clusters_sizes",
    "pca_explained_1",
    "dbscan_outliers",
    *(f"audit_skew_{metric}" for metric in METRICS),
    *(f"audit_row_share_{metric}" for metric in METRICS),
)
_BAND_FIGURES = (
    "audit_band_ari",
    "audit_band_silhouette",
    "audit_band_log_ari",
    "audit_band_rank_fall",
)
CORRECTED_FIGURES = (*_LOG_FIGURES, *_BAND_FIGURES, *_NULL_FIGURES)
"""Every figure of `correct`, in the order of its rows."""


def correct(
    posts: pd.DataFrame,
    *,
    null_draws: int = 20,
    row_limit: int = 5_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute what the recipe's figures should be compared with.

    A banded count such as `10+` stands at the middle of its band on the log scale; an
    open band ends before ten times its start. The nulls
    hold the counts' distribution but no groups, and go through the notebook's own
    scaling and K-means: columns shuffled one by one (`permutation`), correlated
    log-normal counts (`lognormal`), and a Gaussian copula with the observed counts
    as marginals (`rank_copula`).

    Args:
        posts: one row per raw row, in the order given to `replicate`: the columns of
            `RECIPE_COLUMNS` and of `BAND_COLUMNS` (numbers: the count, which is the
            start of its band, null if unreadable; and the band's last number, null
            if open; a count that is no band ends where it starts).
        null_draws: draws of each null, fewer on crawls of more than some 700 rows, but
            never fewer than 20; 0 leaves the nulls out.
        row_limit: above this many rows nothing is fitted.
        seed: of the draws and of K-means on log counts.

    Returns:
        One row per figure of `CORRECTED_FIGURES`, columns as in `replicate`.

    Raises:
        KeyError: a column is missing.
        ValueError: `null_draws` is negative.

    Source:
        Rousseeuw 1987, J. Comput. Appl. Math. 20 (silhouette); Hubert and Arabie
        1985, J. Classif. 2 (adjusted Rand index); Nelsen 2006, An Introduction to
        Copulas (Gaussian copula).
    """
    if null_draws < 0:
        raise ValueError(f"null_draws must not be negative, got {null_draws}")
    posts = posts.loc[:, [*RECIPE_COLUMNS, *BAND_COLUMNS]].reset_index(drop=True)
    read = read_counts(posts)
    low, middle = _band_counts(posts)
    usable = ~(np.isnan(read) | np.isnan(low)).any(axis=1)
    usable &= posts["read_problem"].isna().to_numpy()
    # the order of the rows is nothing these figures may depend on
    order = np.lexsort(np.hstack([read, middle]).T)
    rows = order[usable[order]]
    read, low, middle = read[rows], low[rows], middle[rows]
    figures = FigureTable(CORRECTED_FIGURES)
    if len(read) == 0:
        return figures.frame("no row to read")
    if len(read) > row_limit:
        return figures.frame(too_many_rows(row_limit))
    with figures.answering(_LOG_FIGURES), many_small_fits():
        figures.add(_log_figures(middle, seed))
    with figures.answering(_BAND_FIGURES), many_small_fits():
        figures.add(_band_figures(read, low, middle, seed))
    if null_draws == 0:
        return figures.frame("no null draw was asked for")
    with figures.answering(_NULL_FIGURES), many_small_fits():
        figures.add(_null_figures(read, middle, null_draws, seed))
    return figures.frame()


def _band_counts(posts: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Starts of the bands, and middles on the log scale; each n rows x 4 metrics."""
    lows: list[FloatArray] = []
    middles: list[FloatArray] = []
    for metric in METRICS:
        low: FloatArray = posts[f"{metric}_count"].to_numpy(np.float64)
        high: FloatArray = posts[f"{metric}_count_band_end"].to_numpy(np.float64)
        high = np.where(np.isnan(high), np.maximum(10 * low - 1, low), high)
        lows.append(low)
        middle: FloatArray = np.expm1((np.log1p(low) + np.log1p(high)) / 2)
        middles.append(middle)
    return np.column_stack(lows), np.column_stack(middles)


def _log_labels(counts: FloatArray, seed: int) -> tuple[FloatArray, IntArray]:
    scaled: FloatArray = StandardScaler().fit_transform(np.log1p(counts))
    return scaled, k_means(scaled, 20, seed).labels_.astype(np.int64)


def _log_figures(middle: FloatArray, seed: int) -> Figures:
    scaled, labels = _log_labels(middle, seed)
    return {
        "clusters_silhouette": float(silhouette_score(scaled, labels)),
        "clusters_sizes": cluster_sizes(labels),
        "pca_explained_1": float(PCA(1).fit(scaled).explained_variance_ratio_[0]),
        "dbscan_outliers": float((dbscan_labels(scaled) == -1).sum()),
        **by_metric("audit_skew", skewness(np.log1p(middle))),
        **by_metric("audit_row_share", largest_row_share(scaled)),
    }


def _band_figures(
    read: FloatArray, low: FloatArray, middle: FloatArray, seed: int
) -> Figures:
    """What reading the bands right changes in the study's clusters and ranks."""
    scaled_read: FloatArray = StandardScaler().fit_transform(read)
    scaled_low: FloatArray = StandardScaler().fit_transform(low)
    labels_read = k_means(scaled_read, 10, RANDOM_STATE).labels_
    labels_low = k_means(scaled_low, 10, RANDOM_STATE).labels_
    figures: Figures = {
        "audit_band_silhouette": float(silhouette_score(scaled_low, labels_low)),
        "audit_band_ari": float(adjusted_rand_score(labels_read, labels_low)),
        "audit_band_log_ari": float(
            adjusted_rand_score(
                _log_labels(read, seed)[1], _log_labels(middle, seed)[1]
            )
        ),
    }
    column = METRICS.index("like")
    fallen = read[:, column] < low[:, column]
    if fallen.any():
        ranks = [rankdata(-likes) for likes in (read[:, column], middle[:, column])]
        figures["audit_band_rank_fall"] = float((ranks[0] - ranks[1])[fallen].mean())
    return figures


def _null_figures(
    read: FloatArray, middle: FloatArray, draws: int, seed: int
) -> Figures:
    scaled: FloatArray = StandardScaler().fit_transform(read)
    observed = silhouette_score(scaled, k_means(scaled, 10, RANDOM_STATE).labels_)
    draws = min(draws, max(_FEWEST_DRAWS, _NULL_PAIRS // len(read) ** 2))
    figures: Figures = {"audit_null_draws": float(draws)}
    for null, draw in _null_draws(read, middle, seed).items():
        # one stream a null, so that no null's draws depend on another's
        stream = np.random.default_rng([seed, _NULLS.index(null)])
        scores = np.array([_null_silhouette(draw(stream)) for _ in range(draws)])
        figures |= {
            f"audit_null_{null}_mean": float(scores.mean()),
            f"audit_null_{null}_p05": float(np.quantile(scores, 0.05)),
            f"audit_null_{null}_p95": float(np.quantile(scores, 0.95)),
            f"audit_null_{null}_share": float((scores >= observed).mean()),
        }
    return figures


def _null_draws(
    read: FloatArray, middle: FloatArray, seed: int
) -> dict[str, Callable[[np.random.Generator], FloatArray]]:
    logs = np.log1p(middle)
    copula = GaussianCopula.fit(read, seed)

    def permutation(rng: np.random.Generator) -> FloatArray:
        return rng.permuted(read, axis=0)

    def lognormal(rng: np.random.Generator) -> FloatArray:
        draw = rng.multivariate_normal(
            logs.mean(axis=0), np.cov(logs, rowvar=False), len(logs)
        )
        # a count is not negative; the normal's lower tail stands at zero
        return np.maximum(np.expm1(draw), 0.0)

    def rank_copula(rng: np.random.Generator) -> FloatArray:
        return copula.draw(len(read), rng)

    return {
        "permutation": permutation,
        "lognormal": lognormal,
        "rank_copula": rank_copula,
    }


def _null_silhouette(counts: FloatArray) -> float:
    scaled: FloatArray = StandardScaler().fit_transform(counts)
    labels = k_means(scaled, 10, RANDOM_STATE).labels_.astype(np.int64)
    # the rows of a null are exchangeable: the first of a cluster are a random sample
    rows = np.concatenate(
        [np.flatnonzero(labels == k)[:_SCORED_ROWS] for k in range(CLUSTERS)]
    )
    return silhouette(cdist(scaled[rows], scaled), labels, rows)
