"""One row of the planted-truth table: what was planted, what was found, what was asked.

Every experiment yields :class:`Result` rows. A mean over samples has a t interval, a
share a Clopper-Pearson interval; the verdict compares the estimate with the target.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy import stats

RECOVERY = "recovery"
FALSE_CLAIMS = "false claims"
_PROGRESS_SECONDS = 10.0
_NONE = float("nan")
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Target:
    """The range in which a figure meets its target, both ends included."""

    low: float = -np.inf
    high: float = np.inf

    def __str__(self) -> str:
        """The range in words."""
        if np.isinf(self.low):
            return f"<= {self.high:g}"
        if np.isinf(self.high):
            return f">= {self.low:g}"
        return f"{self.low:g} to {self.high:g}"

    def verdict(self, estimate: Estimate) -> str:
        """Hold an estimate against the target.

        Args:
            estimate: A mean or a share.

        Returns:
            ``yes``, ``no``, or ``unclear``: a share that misses the target while its
            interval reaches it. More samples narrow the interval, not the rule.
        """
        if self.low <= estimate.value <= self.high:
            return "yes"
        reaches = estimate.low <= self.high and estimate.high >= self.low
        return "unclear" if estimate.count is not None and reaches else "no"


def at_least(low: float) -> Target:
    """A target from below."""
    return Target(low=low)


def at_most(high: float) -> Target:
    """A target from above."""
    return Target(high=high)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    Attributes:
        value: The estimate.
        low: Lower end, NaN if there is none.
        high: Upper end.
        samples: What it was measured on: samples, or users for a share of users.
        count: Of these, those that count; None for a mean.
    """

    value: float
    low: float
    high: float
    samples: int
    count: int | None = None


def mean_of(values: Sequence[float], low: float, high: float) -> Estimate:
    """Mean over samples with its t interval.

    Args:
        values: One figure per sample.
        low: Smallest value the figure can have; the interval ends there.
        high: Largest value.

    Returns:
        The estimate; no interval for a single sample.
    """
    found = np.asarray(values, dtype=np.float64)
    mean = float(found.mean())
    if len(found) < 2:
        return Estimate(mean, _NONE, _NONE, len(found))
    reach = stats.t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found))
    return Estimate(mean, max(mean - reach, low), min(mean + reach, high), len(found))


def share_of(held: Iterable[bool]) -> Estimate:
    """Share of samples with its exact interval (Clopper and Pearson 1934).

    Args:
        held: One answer per sample, at least one.

    Returns:
        The estimate.
    """
    answers = list(held)
    count = int(sum(answers))
    exact = stats.binomtest(count, len(answers)).proportion_ci(0.95, "exact")
    value = count / len(answers)
    return Estimate(value, float(exact.low), float(exact.high), len(answers), count)


@dataclass(frozen=True)
class Result:
    """One row of the table.

    Attributes:
        part: RECOVERY or FALSE_CLAIMS.
        experiment: Name of the experiment, as ``--only`` takes it.
        method: The method judged.
        planted: What was planted, in words.
        separation: The same as a number, in the unit the words name; 0 plants nothing.
        sample_size: Size of each sample.
        unit: What the size counts.
        samples: Number of samples (or of users, for a share of users).
        claims: Samples in which something was claimed; missing for means.
        metric: What is measured.
        ours: The method's figure.
        ours_low: Lower end of its 95 % interval.
        ours_high: Upper end.
        study_recipe: The same figure of the study's recipe, where it has one.
        trivial_baseline: The same figure of a method that looks at nothing.
        oracle: The same figure of one who knows how the sample was made.
        target: The target in words; empty for none.
        meets_target: ``yes``, ``no``, ``unclear`` or empty.
        detail: Draws behind the figure.
    """

    part: str
    experiment: str
    method: str
    planted: str
    separation: float
    sample_size: int
    unit: str
    samples: int
    claims: int | None
    metric: str
    ours: float
    ours_low: float
    ours_high: float
    study_recipe: float
    trivial_baseline: float
    oracle: float
    target: str
    meets_target: str
    detail: str


COLUMNS = tuple(entry.name for entry in fields(Result))
_DECIMALS = 4


def result(
    estimate: Estimate,
    *,
    experiment: str,
    method: str,
    planted: str,
    separation: float,
    sample_size: int,
    unit: str,
    metric: str,
    part: str = RECOVERY,
    study_recipe: float = _NONE,
    trivial_baseline: float = _NONE,
    oracle: float = _NONE,
    target: Target | None = None,
    detail: str = "",
) -> Result:
    """Make a row out of an estimate; see :class:`Result` for the rest."""
    return Result(
        part=part,
        experiment=experiment,
        method=method,
        planted=planted,
        separation=separation,
        sample_size=sample_size,
        unit=unit,
        samples=estimate.samples,
        claims=estimate.count,
        metric=metric,
        ours=estimate.value,
        ours_low=estimate.low,
        ours_high=estimate.high,
        study_recipe=study_recipe,
        trivial_baseline=trivial_baseline,
        oracle=oracle,
        target="" if target is None else str(target),
        meets_target="" if target is None else target.verdict(estimate),
        detail=detail,
    )


def to_frame(results: Iterable[Result]) -> pd.DataFrame:
    """Put rows in a frame: recovery first, then false claims, else in their order.

    Args:
        results: The rows.

    Returns:
        Columns COLUMNS; figures to four decimals.
    """
    frame = pd.DataFrame([asdict(row) for row in results], columns=list(COLUMNS))
    frame["claims"] = frame["claims"].astype("Int64")
    numbers = list(frame.select_dtypes("float").columns)
    # a minus zero is a zero
    frame[numbers] = frame[numbers].round(_DECIMALS) + 0.0
    order = frame["part"].map({RECOVERY: 0, FALSE_CLAIMS: 1})
    return frame.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


@dataclass
class Plan:
    """How much is run, and from which seed.

    Attributes:
        is_full: The full version, or the small one of continuous integration.
        seed: Every sample's seed follows from it and from the name of its cell.
        quiet: No progress lines.
    """

    is_full: bool = False
    seed: int = 20250113
    quiet: bool = False
    _started: float = field(default_factory=time.monotonic, repr=False)

    def choose(self, small: Choice, full: Choice) -> Choice:
        """The setting of the version that runs."""
        return full if self.is_full else small

    def seeds(self, cell: str, samples: int) -> Iterator[int]:
        """Seeds of the samples of one cell, with progress on standard error.

        Args:
            cell: Name of the cell; other cells get other seeds.
            samples: How many.

        Yields:
            The seeds, below 2**31.
        """
        sequence = np.random.SeedSequence([self.seed, zlib.crc32(cell.encode())])
        said = time.monotonic()
        self.say(f"{cell}: {samples} {'sample' if samples == 1 else 'samples'}")
        for number, seed in enumerate(sequence.generate_state(samples)):
            if time.monotonic() - said > _PROGRESS_SECONDS:
                said = time.monotonic()
                self.say(f"{cell}: {number} of {samples}")
            yield int(seed >> 1)

    def say(self, text: str) -> None:
        """Print one progress line with the seconds since the start."""
        if not self.quiet:
            seconds = time.monotonic() - self._started
            print(f"{seconds:7.1f} s  {text}", file=sys.stderr, flush=True)
