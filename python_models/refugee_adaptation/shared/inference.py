"""Figures that several methods report: a permutation p value and a ROC-AUC."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from refugee_adaptation.shared.arrays import FloatArray, IntArray


@overload
def permutation_p(reached: int, draws: int) -> float: ...
@overload
def permutation_p(reached: npt.NDArray[Any], draws: int) -> FloatArray: ...
def permutation_p(reached: int | npt.NDArray[Any], draws: int) -> float | FloatArray:
    """Monte Carlo p value of an observed statistic, one-sided and never 0.

    The observed value counts as one draw of the null model, so the smallest p value is
    1 / (1 + draws).

    Args:
        reached: How many draws of the null model are at least as large as the observed
            statistic: one number, or an array of them.
        draws: How many draws were made.

    Returns:
        (1 + reached) / (1 + draws), of the shape of ``reached``.

    Raises:
        ValueError: There is a negative number of draws.

    Source: Phipson and Smyth (2010), Permutation p-values should never be zero,
        doi:10.2202/1544-6115.1585.
    """
    if draws < 0:
        raise ValueError(f"draws must not be negative, got {draws}")
    p_value = (1 + np.asarray(reached)) / (1 + draws)
    return float(p_value) if p_value.ndim == 0 else np.asarray(p_value)


def bounded_draws(draws: int, size: int, budget: int, least: int = 99) -> int:
    """Draws that a budget of size times draws allows, but never fewer than the least.

    Args:
        draws: Draws that are wanted.
        size: What one draw goes through: actions, ties.
        budget: Size times draws that is allowed.
        least: Draws that are made whatever the size, if so many are wanted.
    """
    return min(draws, max(budget // max(size, 1), least))


def drawn_rows(count: int, most: int, seed: int) -> IntArray:
    """Rows of a bounded random sample.

    Args:
        count: How many rows there are, in an order that no other row order changes.
        most: How many to draw at most.
        seed: Seed of the draw.

    Returns:
        Positions, ascending; all of them where there are no more than ``most``.
    """
    if count <= most:
        return np.arange(count)
    order = np.random.default_rng([seed, 1]).permutation(count)
    return np.sort(order[:most])


def against_shuffles(values: FloatArray) -> dict[str, float]:
    """Compare a statistic with its values under a null model.

    Args:
        values: Shape (1 + draws,), observed first. A draw in which the statistic does
            not exist (not a number) counts as one below the observed value.

    Returns:
        observed, null_mean, null_sd, null_low and null_high (2.5 and 97.5 % quantiles),
        z_score and the one-sided p_value; not a number where they do not exist.
    """
    observed, null = values[0], values[1:]
    known = null[np.isfinite(null)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    mean = known.mean() if len(known) else np.nan
    deviation = known.std(ddof=1) if len(known) > 1 else np.nan
    if len(known) > 1 and np.ptp(known) == 0:
        # rounding must not make equal draws vary
        mean, deviation = known[0], 0.0
    p_value = permutation_p(int((null >= observed).sum()), len(null))
    return {
        "observed": observed,
        "null_mean": mean,
        "null_sd": deviation,
        "null_low": low,
        "null_high": high,
        "z_score": (observed - mean) / deviation if deviation > 0 else np.nan,
        "p_value": p_value if np.isfinite(observed) else np.nan,
    }


def ranked_auc(scores: FloatArray, is_positive: npt.NDArray[np.bool_]) -> FloatArray:
    """Area under the ROC curve of each column of scores, by mid-ranks.

    Args:
        scores: Shape (n, k), higher = more likely positive; ties count one half.
        is_positive: Shape (n,), or (n, k) with as many positives in every column.

    Returns:
        Shape (k,), 0 to 1, .5 where a column says nothing; not a number where the
        positives or the negatives are absent.

    Source: Hanley and McNeil (1982), The meaning and use of the area under a receiver
        operating characteristic (ROC) curve, doi:10.1148/radiology.143.1.7063747.
    """
    labels = is_positive.reshape(len(is_positive), -1)
    positives = int(labels[:, 0].sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return np.full(scores.shape[1], np.nan)
    ranks = rankdata(scores, axis=0)
    area = (ranks * labels).sum(axis=0) - positives * (positives + 1) / 2
    return np.asarray(area / (positives * negatives), dtype=np.float64)
