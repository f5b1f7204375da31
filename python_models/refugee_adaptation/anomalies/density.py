"""Users far from everybody else: DBSCAN noise, with a measured radius.

Sources: DBSCAN, Ester et al. 1996; radius at the knee of the sorted k-distance curve,
the same paper, with the knee of Satopaa et al. 2011 ("Kneedle", the point farthest
above the chord of the normalised curve).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.stats import spearmanr
from sklearn.cluster import DBSCAN

from refugee_adaptation.adaptation.features import feature_matrix, standardise
from refugee_adaptation.shared.arrays import BoolArray, FloatArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame

# a distance computed in two ways differs by less
ROUNDING = 1e-9
# scikit-learn keeps all neighbourhoods in memory (1.4 GB at 10,000 users)
SMALL = 8_000

OUTLIER_DTYPES = {
    "user_id": "string",
    "is_density_outlier": "bool",
    "k_distance": "float64",
    "neighbour_count_min": "int64",
    "eps": "float64",
}
SENSITIVITY_DTYPES = {
    "eps": "float64",
    "eps_factor": "float64",
    "neighbour_count_min": "int64",
    "user_count": "int64",
    "outlier_count": "int64",
    "outlier_share": "float64",
    "jaccard_score": "float64",
    "size_correlation": "float64",
    "is_chosen": "bool",
}
EPS_FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
NEIGHBOUR_COUNTS = (5, 10, 20)


def k_distances(points: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour, itself included.

    Args:
        points: Shape (n, d).
        k: Number of neighbours, the point itself being the first.

    Returns:
        Distances, shape (n,); infinite where there are fewer than k points.

    Raises:
        ValueError: If k is below 1.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    if len(points) < k:
        return np.full(len(points), np.inf)
    # equal points (many users without any reaction) are one point with a weight: a
    # tree over thousands of copies would be searched copy by copy
    unique, inverse, weights = np.unique(
        points, axis=0, return_inverse=True, return_counts=True
    )
    near = min(k, len(unique))
    distances, neighbours = cKDTree(unique).query(unique, k=[*range(1, near + 1)])
    reached = np.cumsum(weights[neighbours], axis=1) >= k
    first = reached.argmax(axis=1)
    found = distances[np.arange(len(unique)), first]
    return np.asarray(found[inverse.reshape(-1)], dtype=np.float64)


def knee(values: FloatArray) -> float:
    """Value at the knee of an ascending curve.

    Both axes are scaled to [0, 1]; the knee is the point farthest below the chord
    from the first to the last point, which for a k-distance curve is where few users
    begin to be far away.

    Args:
        values: Any order, finite, shape (n,).

    Returns:
        The value at the knee; the largest value of a straight curve, NaN if empty.
    """
    if len(values) == 0:
        return float("nan")
    ordered = np.sort(values)
    span = ordered[-1] - ordered[0]
    if len(ordered) < 3 or span <= 0:
        return float(ordered[-1])
    below = np.linspace(0, 1, len(ordered)) - (ordered - ordered[0]) / span
    best = int(np.argmax(below))
    return float(ordered[best] if below[best] > 0.01 else ordered[-1])


def density_noise(
    points: FloatArray,
    eps: float,
    neighbours: int,
    small: int = SMALL,
    distances: FloatArray | None = None,
) -> BoolArray:
    """DBSCAN noise: points neither dense themselves nor near a dense one.

    Up to ``small`` points by scikit-learn; above by k-d trees in bounded memory, with
    the same answer.

    Args:
        points: Shape (n, d).
        eps: Radius, inclusive: a knee is the distance of somebody, who is dense.
        neighbours: Points within the radius, itself included, that make a point dense
            (``min_samples``).
        small: Largest n left to scikit-learn.
        distances: ``k_distances(points, neighbours)`` where they are known already.

    Returns:
        Whether each point is noise, shape (n,).

    Raises:
        ValueError: If eps is not positive.
    """
    if not eps > 0:
        raise ValueError("eps must be positive")
    if len(points) == 0:
        return np.zeros(0, dtype=bool)
    eps += ROUNDING
    if len(points) <= small:
        labels = DBSCAN(eps=eps, min_samples=neighbours).fit(points).labels_
        return np.asarray(labels == -1, dtype=bool)
    if distances is None:
        distances = k_distances(points, neighbours)
    core = distances <= eps
    noise = ~core
    if core.any() and noise.any():
        nearest, _ = cKDTree(points[core]).query(points[noise], k=1)
        noise[noise] = nearest > eps
    return noise


def find_outliers(
    frame: pd.DataFrame, columns: list[str], neighbours: int, min_users: int = 20
) -> pd.DataFrame:
    """Mark users in sparse places of the space of log features.

    Args:
        frame: One row per user: user_id and counts, not negative, shape (n, any).
        columns: The counts used; log1p, then standard deviations.
        neighbours: ``min_samples`` of DBSCAN, and the k of the k-distance curve.
        min_users: Below this nobody is marked and eps is missing.

    Returns:
        One row per user, in the frame's order, columns OUTLIER_DTYPES.
    """
    result = pd.DataFrame({"user_id": frame["user_id"].astype(str)})
    points = _points(frame, columns)
    distances = k_distances(points, neighbours)
    eps = _radius(distances, min_users)
    noise = np.zeros(len(frame), dtype=bool)
    if np.isfinite(eps):
        noise = density_noise(points, eps, neighbours, distances=distances)
    result["is_density_outlier"] = noise
    result["k_distance"] = np.where(np.isfinite(distances), distances, np.nan)
    result["neighbour_count_min"] = neighbours
    result["eps"] = eps
    return typed_frame(result, OUTLIER_DTYPES).reset_index(drop=True)


def outlier_sensitivity(
    frame: pd.DataFrame, columns: list[str], neighbours: int, min_users: int = 20
) -> pd.DataFrame:
    """Count outliers over other radii and other densities.

    Args:
        frame: As for ``find_outliers``.
        columns: As for ``find_outliers``.
        neighbours: The chosen density.
        min_users: Below this there are no rows.

    Returns:
        One row per radius (a factor of the chosen density's knee) and density, columns
        SENSITIVITY_DTYPES: Jaccard index with the chosen outliers, and the rank
        correlation of the k-distance with the summed log counts. High correlation
        means that the score mostly ranks users by size.
    """
    points = _points(frame, columns)
    size = points.sum(axis=1)
    rows = []
    near = k_distances(points, neighbours)
    chosen = _radius(near, min_users)
    if not np.isfinite(chosen):
        return empty_frame(SENSITIVITY_DTYPES)
    reference = density_noise(points, chosen, neighbours, distances=near)
    for count in sorted({*NEIGHBOUR_COUNTS, neighbours}):
        distances = near if count == neighbours else k_distances(points, count)
        for factor in EPS_FACTORS:
            noise = density_noise(points, chosen * factor, count, distances=distances)
            union = int((noise | reference).sum())
            shared = int((noise & reference).sum())
            rows.append(
                {
                    "eps": chosen * factor,
                    "eps_factor": factor,
                    "neighbour_count_min": count,
                    "user_count": len(points),
                    "outlier_count": int(noise.sum()),
                    "outlier_share": noise.mean(),
                    "jaccard_score": shared / union if union else 1.0,
                    "size_correlation": _rank_correlation(distances, size),
                    "is_chosen": factor == 1.0 and count == neighbours,
                }
            )
    return typed_frame(rows, SENSITIVITY_DTYPES)


def _points(frame: pd.DataFrame, columns: list[str]) -> FloatArray:
    """Log counts in standard deviations, not clipped, shape (n, d)."""
    return standardise(np.log1p(feature_matrix(frame, columns)), clip=np.inf)


def _radius(distances: FloatArray, min_users: int) -> float:
    """Knee of the k-distances, or NaN where there are too few users or no spread."""
    if len(distances) < min_users or not np.isfinite(distances).all():
        return float("nan")
    eps = knee(distances)
    return eps if eps > 0 else float("nan")


def _rank_correlation(left: FloatArray, right: FloatArray) -> float:
    """Spearman's rho, NaN for a constant side."""
    if np.ptp(left) == 0 or np.ptp(right) == 0 or not np.isfinite(left).all():
        return float("nan")
    return float(spearmanr(left, right).statistic)
