"""Groups of users: partitions, and the evidence that they are more than a partition.

Any clustering returns clusters, also on one cloud of points. So each partition comes
with the silhouette a sample without groups would have, its gap, its stability under
the bootstrap, and a rule that says whether structure may be claimed.

Sources: silhouette, Rousseeuw 1987; gap statistic, Tibshirani, Walther and Hastie
2001; bootstrap Jaccard, Hennig 2007 (``clusterboot``); adjusted Rand index, Hubert
and Arabie 1985; family-wise p value by the maximum statistic, Westfall and Young
1993.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    pairwise_distances,
)
from sklearn.mixture import GaussianMixture

from refugee_adaptation.adaptation.features import (
    feature_matrix,
    is_member,
    standardise,
    weight_matrix,
)
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.copula import GaussianCopula
from refugee_adaptation.shared.fits import many_small_fits
from refugee_adaptation.shared.inference import permutation_p
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message

METHODS = ("kmeans", "gmm")
# added to a component's variances: a share that is 0 for a whole group would otherwise
# shrink its component to a spike
VARIANCE_FLOOR = 1e-2

# the verdict columns of one method and number of clusters, in the order of the mart
SELECTION_DTYPES = {
    "method": "string",
    "cluster_count": "int64",
    "user_count": "int64",
    "silhouette_score": "float64",
    "null_silhouette_mean": "float64",
    "null_silhouette_p95": "float64",
    "silhouette_z_score": "float64",
    "gap_score": "float64",
    "gap_standard_error": "float64",
    "bootstrap_ari_mean": "float64",
    "bootstrap_ari_p05": "float64",
    "jaccard_min": "float64",
    "null_p_value": "float64",
    "is_chosen": "bool",
    "claims_structure": "bool",
    **REASON_TYPES,
}


@dataclass(frozen=True)
class Settings:
    """How hard to look, and what counts as evidence.

    Attributes:
        seed: Seed of every random draw.
        max_clusters: Largest number of clusters tried (from 2).
        null_draws: Samples without groups per selection.
        bootstrap_draws: Resamples per method and number of clusters.
        gap_draws: Uniform reference samples of the gap statistic.
        max_users: Users used to judge structure; more are sampled down to it.
        min_users: Below this nothing is judged.
        alpha: Largest family-wise p value at which structure is claimed.
        min_ari: Smallest mean bootstrap ARI of a partition worth naming.
        min_jaccard: Smallest mean bootstrap Jaccard of its weakest cluster.
        name_margin: Smallest lead, in archetype units, of a cluster's name.
        user_margin: Smallest simplified silhouette of a user inside a group.
        min_user_stability: Smallest share of bootstraps that agree on a user.
    """

    seed: int = 0
    max_clusters: int = 5
    null_draws: int = 40
    bootstrap_draws: int = 25
    gap_draws: int = 10
    max_users: int = 600
    min_users: int = 60
    alpha: float = 0.05
    min_ari: float = 0.8
    min_jaccard: float = 0.75
    name_margin: float = 0.25
    user_margin: float = 0.05
    min_user_stability: float = 0.8


@dataclass(frozen=True)
class Partition:
    """A fitted partition; clusters are numbered from the largest to the smallest.

    Attributes:
        method: One of METHODS.
        labels: Cluster of each row, shape (n,).
        centroids: Shape (k, d).
        model: The fitted scikit-learn estimator.
        order: The estimator's own label of each of our clusters, shape (k,).
    """

    method: str
    labels: IntArray
    centroids: FloatArray
    model: KMeans | GaussianMixture
    order: IntArray

    @property
    def shares(self) -> FloatArray:
        """Share of the people in each cluster, shape (k,): a mixture's own weights."""
        if isinstance(self.model, GaussianMixture):
            return np.asarray(self.model.weights_[self.order], dtype=np.float64)
        sizes = np.bincount(self.labels, minlength=len(self.centroids))
        return np.asarray(sizes / len(self.labels), dtype=np.float64)

    def predict(self, points: FloatArray) -> IntArray:
        """Assign points to clusters.

        Args:
            points: Shape (m, d).

        Returns:
            Cluster numbers, shape (m,).
        """
        rank = np.argsort(self.order)
        return np.asarray(rank[self.model.predict(points)], dtype=np.int64)


def fit_kmeans(points: FloatArray, clusters: int, seed: int, starts: int) -> KMeans:
    """Fit K-Means.

    Args:
        points: Shape (n, d), finite.
        clusters: Number of clusters.
        seed: Seed of the starts.
        starts: Best of this many starts (``n_init``).

    Returns:
        The fitted estimator.
    """
    return KMeans(clusters, n_init=starts, random_state=seed).fit(points)


def fit_partition(
    points: FloatArray,
    clusters: int,
    method: str,
    seed: int,
    starts: int = 10,
    kmeans: KMeans | None = None,
) -> Partition:
    """Partition points by K-Means or a Gaussian mixture.

    Args:
        points: Shape (n, d), columns on comparable scales.
        clusters: Number of clusters, at least 1 and at most n.
        method: ``kmeans`` (best of ``starts``) or ``gmm`` (a Gaussian mixture whose
            features are independent within a component, known as latent profile
            analysis; started from K-Means).
        seed: Seed of the starts.
        starts: K-Means starts (``n_init``).
        kmeans: A K-Means already fitted to these points with this many clusters.

    Returns:
        The partition; the largest cluster is 0, ties go by the first coordinate.

    Raises:
        ValueError: If the method is unknown or there are fewer points than clusters.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: expected one of {METHODS}")
    if len(points) < clusters:
        raise ValueError(f"{len(points)} points cannot make {clusters} clusters")
    if kmeans is None:
        kmeans = fit_kmeans(points, clusters, seed, starts)
    model: KMeans | GaussianMixture = kmeans
    centres = kmeans.cluster_centers_
    raw = kmeans.labels_
    if method == "gmm":
        shares, variances = _spread(points, raw, clusters)
        model = GaussianMixture(
            clusters,
            covariance_type="diag",
            # everything is given: by default it would fit K-Means once more
            init_params="random_from_data",
            weights_init=shares,
            means_init=centres,
            precisions_init=1 / (variances + VARIANCE_FLOOR),
            reg_covar=VARIANCE_FLOOR,
            random_state=seed,
        ).fit(points)
        centres = model.means_
        raw = model.predict(points)
    sizes = np.bincount(raw, minlength=clusters)
    order = np.lexsort((np.round(centres[:, 0], 9), -sizes)).astype(np.int64)
    rank = np.argsort(order)
    return Partition(
        method=method,
        labels=np.asarray(rank[raw], dtype=np.int64),
        centroids=np.asarray(centres[order], dtype=np.float64),
        model=model,
        order=order,
    )


def _spread(
    points: FloatArray, labels: IntArray, clusters: int
) -> tuple[FloatArray, FloatArray]:
    """Shares of the points, shape (k,), and variances, shape (k, d), of clusters."""
    members = (labels == np.arange(clusters)[:, None]).astype(np.float64)
    sizes = np.maximum(members.sum(axis=1), 1.0)[:, None]
    means = members @ points / sizes
    variances = np.maximum(members @ points**2 / sizes - means**2, 0.0)
    return sizes[:, 0] / sizes.sum(), variances


def silhouette(
    distances: FloatArray, labels: IntArray, rows: IntArray | None = None
) -> float:
    """Mean silhouette of a partition (as scikit-learn's, for hundreds of calls).

    Args:
        distances: Euclidean distances, shape (m, n): from the points that are scored
            to all points.
        labels: Cluster numbers from 0, shape (n,).
        rows: The points that are scored, shape (m,), at least one of each cluster (all
            n points if None). A cluster's points stand for all of it, so that the mean
            is that of a sample stratified by cluster.

    Returns:
        The silhouette in [-1, 1], or NaN where it is not defined (one cluster, or
        every point its own).
    """
    sizes = np.bincount(labels)
    labels, sizes = np.unique(labels, return_inverse=True)[1], sizes[sizes > 0]
    if len(sizes) < 2 or len(sizes) >= len(labels):
        return float("nan")
    members = (labels[:, None] == np.arange(len(sizes))).astype(np.float64)
    sums = distances @ members
    scored = labels if rows is None else labels[rows]
    places = np.arange(len(scored))
    own = sums[places, scored] / np.maximum(sizes[scored] - 1, 1)
    others = sums / sizes
    others[places, scored] = np.inf
    nearest = others.min(axis=1)
    width = np.maximum(own, nearest)
    score = np.divide(nearest - own, width, out=np.zeros_like(own), where=width > 0)
    score = np.where(sizes[scored] > 1, score, 0.0)
    weight = (sizes / np.bincount(scored, minlength=len(sizes)))[scored]
    return float((weight * score).sum() / len(labels))


def gap_statistic(
    points: FloatArray, clusters: int, draws: int, seed: int
) -> tuple[float, float]:
    """Gap statistic of K-Means against uniform samples in the principal box.

    Args:
        points: Shape (n, d).
        clusters: Number of clusters.
        draws: Reference samples, at least 2.
        seed: Seed.

    Returns:
        The gap (in log within-cluster dispersion) and its standard error.

    Raises:
        ValueError: If draws is below 2.
    """
    if draws < 2:
        raise ValueError("the gap statistic needs at least 2 reference samples")
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    rng = np.random.default_rng([seed, clusters, 7])
    observed = np.log(_dispersion(turned, clusters, seed))
    reference = np.array(
        [
            np.log(_dispersion(rng.uniform(low, high, turned.shape), clusters, seed))
            for _ in range(draws)
        ]
    )
    error = float(reference.std() * np.sqrt(1 + 1 / draws))
    return float(reference.mean() - observed), error


def _dispersion(points: FloatArray, clusters: int, seed: int) -> float:
    """Within-cluster sum of squares of the best of three K-Means starts."""
    fitted = KMeans(clusters, n_init=3, random_state=seed).fit(points)
    return max(float(fitted.inertia_), 1e-12)


@dataclass(frozen=True)
class Stability:
    """How a partition fares when its users are resampled.

    Attributes:
        ari: Adjusted Rand index with the original, one per draw, shape (b,).
        jaccard: Mean best Jaccard of each original cluster, shape (k,).
        agreement: Share of draws that put a user in its own cluster, shape (n,).
        shares: Share of the people in each original cluster, shape (b, k).
    """

    ari: FloatArray
    jaccard: FloatArray
    agreement: FloatArray
    shares: FloatArray


@dataclass(frozen=True)
class Resample:
    """Users drawn with replacement, and K-Means fitted to them.

    Attributes:
        users: Their positions, shape (m,).
        kmeans: The best of three starts, on which a mixture starts, too.
    """

    users: IntArray
    kmeans: KMeans


def resampled(
    points: FloatArray, clusters: int, draws: int, seed: int, size: int | None = None
) -> list[Resample]:
    """Fit K-Means to users drawn with replacement.

    Args:
        points: All users, shape (n, d).
        clusters: Number of clusters.
        draws: Number of resamples.
        seed: Seed.
        size: Users per resample (n if None); fewer is the more severe test.

    Returns:
        The resamples, which every method can share.
    """
    count = len(points)
    rng = np.random.default_rng([seed, clusters, 11])
    drawn = [rng.integers(count, size=min(size or count, count)) for _ in range(draws)]
    return [
        Resample(users, fit_kmeans(points[users], clusters, seed, starts=3))
        for users in drawn
    ]


def bootstrap_stability(
    points: FloatArray, partition: Partition, resamples: list[Resample], seed: int
) -> Stability:
    """Refit on users drawn with replacement, then assign everybody again.

    Args:
        points: All users, shape (n, d).
        partition: The partition of these points that is judged.
        resamples: Of :func:`resampled`, with as many clusters.
        seed: Seed.

    Returns:
        The stability; NaN and zero-length arrays where there is no resample.
    """
    count = len(points)
    clusters = len(partition.centroids)
    indices = np.arange(clusters)
    original = (partition.labels[:, None] == indices).astype(float)
    ari, jaccard, shares = [], [], []
    agreement = np.zeros(count)
    for sample in resamples:
        refit = fit_partition(
            points[sample.users],
            clusters,
            partition.method,
            seed,
            kmeans=sample.kmeans,
        )
        labels = refit.predict(points)
        ari.append(adjusted_rand_score(partition.labels, labels))
        again = (labels[:, None] == indices).astype(float)
        shared = original.T @ again
        union = original.sum(0)[:, None] + again.sum(0)[None, :] - shared
        overlap = shared / np.maximum(union, 1.0)
        jaccard.append(overlap.max(axis=1))
        rows, columns = linear_sum_assignment(-shared)
        renamed = np.empty(clusters, dtype=np.int64)
        renamed[columns] = rows
        shares.append(refit.shares[columns])
        agreement += renamed[labels] == partition.labels
    if not resamples:
        nothing = np.full(clusters, np.nan)
        return Stability(np.empty(0), nothing, agreement * np.nan, np.empty((0, 0)))
    return Stability(
        np.array(ari),
        np.mean(jaccard, axis=0),
        agreement / len(resamples),
        np.array(shares),
    )


def resampled_partition(
    points: FloatArray, clusters: int, method: str, settings: Settings
) -> tuple[Partition, Stability]:
    """Partition points, and refit to resamples of them.

    Args:
        points: Shape (n, d).
        clusters: Number of clusters.
        method: As in :func:`fit_partition`.
        settings: Draws and seed.

    Returns:
        The partition and its stability.
    """
    draws, seed = settings.bootstrap_draws, settings.seed
    with many_small_fits():
        partition = fit_partition(points, clusters, method, seed)
        resamples = resampled(points, clusters, draws, seed)
        return partition, bootstrap_stability(points, partition, resamples, seed)


def chosen_clusters(selection: pd.DataFrame, method: str) -> int | None:
    """How many clusters a selection of :func:`select_clusters` claims, if any."""
    chosen = selection[(selection["method"] == method) & selection["claims_structure"]]
    return None if chosen.empty else int(chosen["cluster_count"].iloc[0])


def select_clusters(
    frame: pd.DataFrame, weights: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Judge every method and number of clusters, and choose.

    The partition is made of standardised features. Its silhouette is compared with
    that of samples drawn from a Gaussian copula of the same features (same margins,
    same rank correlations, no groups), partitioned in the same way. Per method
    the test statistic is the largest z over all numbers of clusters, against the same
    maximum in the null samples, so trying several costs nothing in false claims.

    Args:
        frame: One row per user with a standing and the features of the weights, in
            an order that does not depend on pseudonyms. Members alone are judged.
        weights: Signed archetype weights (archetype, feature, weight): the features
            with a weight are those clustered.
        settings: Draws and thresholds.

    Returns:
        One row per method and number of clusters, columns SELECTION_DTYPES; one row
        per method where there are too few users. ``is_chosen`` marks at most one row
        per method: the largest number of clusters beyond the null and stable enough
        (the rule of prediction strength, Tibshirani and Walther 2005). It claims
        structure, or none does and every reason says why.
    """
    features = weight_matrix(weights)[0]
    values = feature_matrix(frame[is_member(frame)], features)
    rng = np.random.default_rng([settings.seed, 3])
    if len(values) > settings.max_users:
        keep = np.sort(rng.choice(len(values), settings.max_users, replace=False))
        values = values[keep]
    count = len(values)
    points = standardise(values)
    distinct = len(np.unique(np.round(points, 9), axis=0))
    most = min(settings.max_clusters, distinct - 1)
    if count < settings.min_users or most < 2:
        return _unjudged(count, settings)
    cases = [(method, k) for method in METHODS for k in range(2, most + 1)]
    with many_small_fits():
        return _judge(values, points, cases, settings, rng)


def _judge(
    values: FloatArray,
    points: FloatArray,
    cases: list[tuple[str, int]],
    settings: Settings,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Fill the table of ``select_clusters`` for a sample that can be judged."""
    count = len(values)
    observed = _silhouettes(points, cases, settings.seed)
    copula = GaussianCopula.fit(values, settings.seed)
    null = np.array(
        [
            _silhouettes(standardise(copula.draw(count, rng)), cases, settings.seed)
            for _ in range(settings.null_draws)
        ]
    )
    centre, spread = null.mean(axis=0), np.maximum(null.std(axis=0, ddof=1), 1e-9)
    z_scores, null_z = (observed - centre) / spread, (null - centre) / spread
    seed, draws = settings.seed, settings.bootstrap_draws
    numbers = sorted({k for _, k in cases})
    gaps = {k: gap_statistic(points, k, settings.gap_draws, seed) for k in numbers}
    fits = {k: fit_kmeans(points, k, seed, starts=10) for k in numbers}
    resamples = {k: resampled(points, k, draws, seed) for k in numbers}
    rows = []
    for position, (method, k) in enumerate(cases):
        family = [i for i, case in enumerate(cases) if case[0] == method]
        largest = null_z[:, family].max(axis=1)
        reached = int((largest >= z_scores[position]).sum())
        p_value = permutation_p(reached, len(largest))
        partition = fit_partition(points, k, method, seed, kmeans=fits[k])
        stability = bootstrap_stability(points, partition, resamples[k], seed)
        rows.append(
            {
                "method": method,
                "cluster_count": k,
                "user_count": count,
                "silhouette_score": observed[position],
                "null_silhouette_mean": centre[position],
                "null_silhouette_p95": np.quantile(null[:, position], 0.95),
                "silhouette_z_score": z_scores[position],
                "gap_score": gaps[k][0],
                "gap_standard_error": gaps[k][1],
                "bootstrap_ari_mean": stability.ari.mean(),
                "bootstrap_ari_p05": np.quantile(stability.ari, 0.05),
                "jaccard_min": stability.jaccard.min(),
                "null_p_value": p_value,
            }
        )
    return _choose(pd.DataFrame(rows), settings)


def _silhouettes(
    points: FloatArray, cases: list[tuple[str, int]], seed: int
) -> FloatArray:
    """Silhouette of each method and number of clusters on one sample."""
    distances = pairwise_distances(points)
    shared = {k: fit_kmeans(points, k, seed, starts=3) for k in {k for _, k in cases}}
    found = np.array(
        [
            silhouette(
                distances,
                fit_partition(points, k, method, seed, kmeans=shared[k]).labels,
            )
            for method, k in cases
        ]
    )
    return np.where(np.isfinite(found), found, -1.0)


def _choose(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Mark the chosen number of clusters per method and write every reason."""
    no_null = frame["null_p_value"] > settings.alpha
    unstable = (frame["bootstrap_ari_mean"] < settings.min_ari) | (
        frame["jaccard_min"] < settings.min_jaccard
    )
    frame["reason_message"] = np.select(
        [no_null, unstable],
        [message("groups_within_null"), message("groups_unstable")],
        message("groups_more_stable"),
    )
    frame["is_chosen"] = False
    eligible = frame[~no_null & ~unstable]
    best = eligible.groupby("method")["cluster_count"].idxmax()
    frame.loc[best, "is_chosen"] = True
    frame.loc[best, "reason_message"] = message("groups_chosen")
    frame["claims_structure"] = frame["is_chosen"]
    return worded_frame(frame, SELECTION_DTYPES)


def _unjudged(count: int, settings: Settings) -> pd.DataFrame:
    """One row per method that says why this sample cannot be judged."""
    reason = (
        message("groups_too_few", users=count, least=settings.min_users)
        if count < settings.min_users
        else message("groups_no_variance")
    )
    rows = [
        {
            "method": method,
            "cluster_count": 1,
            "user_count": count,
            "is_chosen": False,
            "claims_structure": False,
            "reason_message": reason,
        }
        for method in METHODS
    ]
    return worded_frame(rows, SELECTION_DTYPES)
