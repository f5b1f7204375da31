"""User features as a matrix: standardised, and projected on archetype axes.

The features themselves are SQL (``int_users__features``); this module only turns
their columns into the arrays the methods work on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import BoolArray, FloatArray

#: The standing of users whose behaviour makes the groups (`int_users__standings`).
MEMBER = "member"


def is_member(frame: pd.DataFrame) -> BoolArray:
    """Whose behaviour makes the groups, shape (n,), of a frame with a standing."""
    return np.asarray(frame["standing"] == MEMBER, dtype=np.bool_)


def feature_matrix(
    frame: pd.DataFrame, columns: list[str], members: BoolArray | None = None
) -> FloatArray:
    """Take feature columns as floats, with a missing value at its column's mean.

    A user of whom a feature cannot be observed (no comments in the crawl, no text)
    says nothing about it, so the neutral value is the mean of those observed.

    Args:
        frame: One row per user, shape (n, any).
        columns: Names of the p feature columns.
        members: Users over whom means are taken, shape (n,); all if None.

    Returns:
        Array of shape (n, p), without missing values. A column observed for nobody
        is all zero.

    Raises:
        KeyError: If a column is not in the frame.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise KeyError(f"features not in the frame: {', '.join(missing)}")
    values = np.array(frame[columns].astype(float).to_numpy(), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    observed = np.isfinite(values)
    counted = observed if members is None else observed & members[:, None]
    counts = counted.sum(axis=0)
    sums = np.where(counted, values, 0.0).sum(axis=0)
    means = np.divide(sums, counts, out=np.zeros(len(columns)), where=counts > 0)
    return np.where(observed, values, means)


def standardise(
    values: FloatArray, members: BoolArray | None = None, clip: float = 3.0
) -> FloatArray:
    """Centre and scale columns to unit variance, then clip.

    Clipping bounds what one extreme user can do to a centroid, which is what broke
    K-Means on raw counts.

    Args:
        values: Array of shape (n, p), any units.
        members: Users whose mean and spread are the units, shape (n,); all if None.
        clip: Largest absolute value kept, in standard deviations.

    Returns:
        Array of shape (n, p) in standard deviations (population, ddof 0); a constant
        column is all zero.

    Raises:
        ValueError: If clip is not positive.
    """
    if clip <= 0:
        raise ValueError("clip must be positive")
    known = values if members is None else values[members]
    if len(known) == 0:
        return np.zeros_like(values)
    centred = values - known.mean(axis=0)
    spread = known.std(axis=0)
    scaled = np.divide(
        centred, spread, out=np.zeros_like(centred), where=spread > 1e-12
    )
    return np.asarray(np.clip(scaled, -clip, clip), dtype=np.float64)


def place_users(
    frame: pd.DataFrame, features: list[str]
) -> tuple[FloatArray, BoolArray]:
    """Standardise everybody by the members.

    Args:
        frame: One row per user: standing and the features.
        features: Names of the p feature columns.

    Returns:
        Points, shape (n, p), in standard deviations of the members, and who is a
        member, shape (n,).
    """
    members = is_member(frame)
    return standardise(feature_matrix(frame, features, members), members), members


def weight_matrix(weights: pd.DataFrame) -> tuple[list[str], list[str], FloatArray]:
    """Pivot signed archetype weights into a matrix of unit columns.

    Args:
        weights: One row per archetype and feature with columns archetype, feature,
            weight.

    Returns:
        Feature names (p, sorted), archetype names (a, sorted) and the weights, shape
        (p, a), each column of length one, so that scores of independent features
        have unit variance.

    Raises:
        ValueError: If an archetype has no weight other than zero, or a pair repeats.
    """
    if weights.duplicated(["archetype", "feature"]).any():
        raise ValueError("an archetype names a feature twice")
    wide = weights.pivot_table(
        index="feature", columns="archetype", values="weight", fill_value=0.0
    )
    wide = wide.sort_index(axis=0).sort_index(axis=1)
    matrix = np.asarray(wide.to_numpy(), dtype=np.float64)
    lengths = np.linalg.norm(matrix, axis=0)
    if (lengths == 0).any():
        raise ValueError("an archetype needs at least one weight other than zero")
    names = [str(name) for name in wide.index]
    archetypes = [str(name) for name in wide.columns]
    return names, archetypes, matrix / lengths
