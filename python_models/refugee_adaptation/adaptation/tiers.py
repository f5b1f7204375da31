"""Natural breaks: one dimension divided so that the classes vary least inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import typed_frame

TIERS = ("low", "middle", "high")
UNDIVIDED = "undivided"
TIER_DTYPES = {
    "user_id": "string",
    "log_engagement": "float64",
    "like_mean": "float64",
    "post_count": "int64",
    "explained_share": "float64",
    "tier": "string",
}


@dataclass(frozen=True)
class Breaks:
    """A division of values into classes.

    Attributes:
        highest: The largest value of each class, ascending; empty where there are
            fewer distinct values than classes.
        explained_share: Share of the variance that lies between the classes; NaN where
            there are none.
    """

    highest: FloatArray
    explained_share: float


def natural_breaks(values: FloatArray, classes: int) -> Breaks:
    """Divide values into the classes that leave the least variance inside them.

    Exact, by dynamic programming over the distinct values; the best start of the last
    class never falls as its end rises, which keeps the search at n log n. Of equally
    good divisions the one with the lowest breaks is taken.

    Args:
        values: Shape (n,), finite.
        classes: Number of classes.

    Returns:
        The classes. Source: Fisher (1958), On grouping for maximum homogeneity; the
        monotone starts: Wang and Song (2011), Ckmeans.1d.dp.
    """
    levels, counts = np.unique(values, return_counts=True)
    size = len(levels)
    if size < classes:
        return Breaks(np.empty(0), float("nan"))
    centred = levels - np.average(levels, weights=counts)
    weight = np.concatenate([[0.0], np.cumsum(counts)])
    total = np.concatenate([[0.0], np.cumsum(counts * centred)])

    def between(start: IntArray, end: int) -> FloatArray:
        """What classes from each start up to an end add to the variance between."""
        sums = total[end] - total[start]
        return np.asarray(sums**2 / (weight[end] - weight[start]), dtype=np.float64)

    # gains[e]: the most that the classes so far explain of the first e levels
    gains = np.full(size + 1, -np.inf)
    gains[1:] = total[1:] ** 2 / weight[1:]
    starts = []
    for number in range(1, classes):
        best, chosen = np.full(size + 1, -np.inf), np.zeros(size + 1, dtype=np.int64)
        # (ends to settle, starts that can be best for them)
        tasks = [(number + 1, size, number, size - 1)]
        while tasks:
            low, high, first, last = tasks.pop()
            if low > high:
                continue
            end = (low + high) // 2
            begin = np.arange(first, min(last, end - 1) + 1)
            found = gains[begin] + between(begin, end)
            place = int(np.flatnonzero(found >= found.max() - 1e-9)[0])
            best[end], chosen[end] = found[place], begin[place]
            tasks += [
                (low, end - 1, first, begin[place]),
                (end + 1, high, begin[place], last),
            ]
        gains = best
        starts.append(chosen)
    ends = [size]
    for chosen in reversed(starts):
        ends.append(int(chosen[ends[-1]]))
    everything = float((counts * centred**2).sum())
    return Breaks(levels[np.array(ends[::-1]) - 1], float(gains[size] / everything))


def engagement_tiers(users: pd.DataFrame) -> pd.DataFrame:
    """Divide users into tiers by the natural breaks of log engagement.

    Args:
        users: One row per user: user_id, log_engagement (may be missing), like_mean and
            post_count.

    Returns:
        The same rows, columns TIER_DTYPES; undivided where nothing was counted or
        fewer than three levels of engagement exist.
    """
    table = users[[name for name in TIER_DTYPES if name in users]].copy()
    engagement = table["log_engagement"].to_numpy(dtype=np.float64, na_value=np.nan)
    breaks = natural_breaks(engagement[np.isfinite(engagement)], len(TIERS))
    names = np.array([*TIERS, UNDIVIDED])
    place = np.searchsorted(breaks.highest, engagement)
    is_divided = np.isfinite(engagement) & (len(breaks.highest) > 0)
    table["tier"] = names[np.where(is_divided, place, len(TIERS))]
    table["explained_share"] = breaks.explained_share
    return typed_frame(table, TIER_DTYPES)
