"""Figures of one crawl by name, each with a value or the reason why it has none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.evidence.reading import METRICS
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.frames import typed_frame

Figures = dict[str, float | str]

FIGURE_TYPES = {
    "figure_id": "string",
    "figure_value": "float64",
    "figure_text": "string",
    "reason": "string",
}


class UnanswerableError(ValueError):
    """The figures cannot be computed on this crawl; the message says why."""


class FigureTable:
    """Collects values by figure; whatever is left out gets a reason.

    Attributes:
        names: every figure, in the order of its rows.
        values: number or text of the figures that have one.
        reasons: why others have none.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Start without any value.

        Args:
            names: every figure, in the order of its rows.
        """
        self.names = names
        self.values: Figures = {}
        self.reasons: dict[str, str] = {}

    def add(self, values: Mapping[str, float | str]) -> None:
        """Keep the values of known figures."""
        self.values |= {k: v for k, v in values.items() if k in self.names}

    def refuse(self, names: Sequence[str], reason: str) -> None:
        """Say why these figures have no value."""
        self.reasons |= dict.fromkeys(names, reason)

    @contextmanager
    def answering(self, names: Sequence[str]) -> Iterator[None]:
        """Turn what cannot be computed inside into a reason for these figures."""
        try:
            yield
        except UnanswerableError as reason:
            self.refuse(names, str(reason))

    def frame(
        self, otherwise: str = "not defined here: nothing to compare"
    ) -> pd.DataFrame:
        """One row per figure, in order; a number that is not finite gets a reason."""
        rows: list[tuple[str, float | None, str | None, str | None]] = []
        for name in self.names:
            value = self.values.get(name)
            if isinstance(value, str):
                rows.append((name, None, value, None))
            elif value is not None and np.isfinite(value):
                rows.append((name, float(value), None, None))
            else:
                rows.append((name, None, None, self.reasons.get(name, otherwise)))
        return typed_frame(rows, FIGURE_TYPES)


def too_many_rows(row_limit: int) -> str:
    """Say that a crawl is larger than the recipe can bear."""
    return f"more than {row_limit:,} rows: the recipe grows with their square"


def by_metric(prefix: str, values: npt.ArrayLike) -> Figures:
    """Name one value a metric.

    Args:
        prefix: start of the figures' names.
        values: Shape (4,), in the order of `METRICS`.

    Returns:
        The four figures, `<prefix>_<metric>`.
    """
    return {
        f"{prefix}_{metric}": float(value)
        for metric, value in zip(METRICS, np.asarray(values), strict=True)
    }


def row_list(rows: BoolArray, at_most: int = 100) -> str:
    """Write the numbers of the marked rows, from 0.

    Args:
        rows: Shape (n,).
        at_most: numbers written; of the others only their count is.

    Returns:
        Numbers, comma-separated.
    """
    positions = [str(row) for row in np.flatnonzero(rows)]
    more = len(positions) - at_most
    return ", ".join(positions[:at_most]) + (f" and {more} more" if more > 0 else "")


def cluster_sizes(labels: IntArray) -> str:
    """Write the sizes of clusters, the largest first, such as `240/5/2`."""
    return "/".join(str(size) for size in sorted(np.bincount(labels), reverse=True))


def skewness(values: FloatArray) -> FloatArray:
    """Moment skewness of each column.

    Args:
        values: Shape (n, p).

    Returns:
        Shape (p,); not a number for a constant column.
    """
    centred = values - values.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        skew: FloatArray = (centred**3).mean(axis=0) / (centred**2).mean(axis=0) ** 1.5
    return skew


def largest_row_share(scaled: FloatArray) -> FloatArray:
    """Share of each column's sum of squares that its largest row makes.

    Args:
        scaled: Shape (n, p), centred.

    Returns:
        Shape (p,), 0 to 1; not a number for a constant column.
    """
    squares = scaled**2
    with np.errstate(invalid="ignore", divide="ignore"):
        share: FloatArray = squares.max(axis=0) / squares.sum(axis=0)
    return share
