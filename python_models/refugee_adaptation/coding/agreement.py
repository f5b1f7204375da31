"""How far coders agree, and how often the tables are right by what they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from refugee_adaptation.coding.sheets import UNDECIDED
from refugee_adaptation.shared.arrays import FloatArray
from refugee_adaptation.shared.frames import typed_frame

AGREEMENT_COLUMNS = {
    "coding_task": "string",
    "label": "string",
    "measure": "string",
    "estimate": "float64",
    "interval_low": "float64",
    "interval_high": "float64",
    "unit_count": "int64",
}
REPLICATES = 1_000
LEVEL = 0.95


class SheetError(ValueError):
    """Sheets and key do not belong together."""


def krippendorff_alpha(codes: Sequence[Sequence[str | None]]) -> float:
    """Krippendorff's alpha for nominal codes, with missing ones.

    Args:
        codes: for each unit the codes of its coders, None where one is missing.

    Returns:
        1 for perfect agreement, 0 for that of chance; NaN without a unit that two
        coders coded, or where all codes are the same.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability; Hayes and
        Krippendorff (2007).
    """
    return float(_alpha(_coincidences(codes).sum(axis=0)))


def _coincidences(codes: Sequence[Sequence[str | None]]) -> FloatArray:
    """Coincidence matrix of every unit, shape (units, labels, labels)."""
    labels = sorted({code for unit in codes for code in unit if code is not None})
    counts = np.array(
        [[unit.count(label) for label in labels] for unit in map(list, codes)],
        dtype=np.float64,
    ).reshape(len(codes), len(labels))
    coders = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs[:, np.arange(len(labels)), np.arange(len(labels))] -= counts
    # a unit that one coder coded pairs with nothing
    weight = np.where(coders > 1, 1 / np.maximum(coders - 1, 1), 0.0)
    return np.asarray(pairs * weight[:, None, None])


def _alpha(coincidence: FloatArray) -> FloatArray:
    """Alpha of coincidence matrices, shape (..., labels, labels)."""
    of_label = coincidence.sum(axis=-1)
    total = of_label.sum(axis=-1)
    agreed = np.trace(coincidence, axis1=-2, axis2=-1)
    by_chance = (of_label**2).sum(axis=-1) - total
    observed = total - agreed
    expected = np.where(total > 1, (total**2 - total - by_chance), 0.0) / np.maximum(
        total - 1, 1
    )
    return np.asarray(
        np.divide(
            expected - observed,
            expected,
            out=np.full_like(expected, np.nan),
            where=expected > 0,
        )
    )


def agreement(
    sheets: Sequence[pd.DataFrame], key: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Compare coders with each other and with the tables.

    Precision and recall count the units on which all coders agree; a unit stands for
    as many as its stratum holds over those of it that were coded so (Horvitz and
    Thompson), so recall is that of the crawl and not of the sheet.

    Args:
        sheets: each coder's sheet: ``item`` and ``code``.
        key: ``item``, ``coding_task``, ``predicted_label``, ``stratum_count``.
        seed: start of the resampling.

    Returns:
        One row per task, label and measure, columns AGREEMENT_COLUMNS: alpha (label
        ``all``), precision and recall with 95 % percentile intervals of units
        resampled within their strata.

    Raises:
        SheetError: a sheet without the columns, or with an item that the key lacks, or
            with a code that the codebook lacks.
    """
    for sheet in sheets:
        if not {"item", "code"} <= set(sheet.columns):
            raise SheetError("a sheet needs the columns item and code")
        if not set(sheet["item"]) <= set(key["item"]):
            raise SheetError("a sheet has items that the key does not have")
    coded = key.set_index("item")
    columns = []
    for number, sheet in enumerate(sheets):
        written = sheet.set_index("item")["code"].astype("string").str.strip()
        name = f"code_{number}"
        coded[name] = written.replace("", pd.NA).reindex(coded.index)
        columns.append(name)
        _refuse_unknown(coded, name)
    rows: list[dict[str, object]] = []
    for task, part in coded.groupby("coding_task", sort=True):
        rng = np.random.default_rng(seed)
        rows += _task_rows(str(task), part, columns, rng)
    return typed_frame(rows, AGREEMENT_COLUMNS)


def _refuse_unknown(coded: pd.DataFrame, column: str) -> None:
    """Codes that no label of the task has are slips of the pen."""
    for task, part in coded.groupby("coding_task", sort=True):
        known = {*part["predicted_label"], "none", UNDECIDED}
        wrong = part[part[column].notna() & ~part[column].isin(known)]
        if len(wrong):
            raise SheetError(
                f"item {wrong.index[0]}: {wrong[column].iloc[0]!r} is no code of the "
                f"task {task}; there are {', '.join(sorted(known))}"
            )


def _task_rows(
    task: str, part: pd.DataFrame, columns: list[str], rng: np.random.Generator
) -> list[dict[str, object]]:
    def row(
        label: str, measure: str, draws: FloatArray, units: int
    ) -> dict[str, object]:
        """The first draw is the estimate, the others its replicates."""
        tail = (1 - LEVEL) / 2
        known = draws[1:][~np.isnan(draws[1:])]
        low, high = (
            np.quantile(known, [tail, 1 - tail]) if known.size else (np.nan, np.nan)
        )
        return {
            "coding_task": task,
            "label": label,
            "measure": measure,
            "estimate": draws[0],
            "interval_low": low,
            "interval_high": high,
            "unit_count": units,
        }

    texts = [
        [None if pd.isna(code) else str(code) for code in unit]
        for unit in part[columns].to_numpy(object)
    ]
    coincidence = _coincidences(texts)
    times = _resampled(np.zeros(len(part), dtype=np.int64), rng)
    alphas = _alpha(np.tensordot(times, coincidence, axes=1))
    paired = sum(sum(code is not None for code in unit) > 1 for unit in texts)
    rows = [row("all", "alpha", alphas, paired)]

    first = part[columns[0]]
    is_agreed = first.notna() & (first != UNDECIDED)
    for name in columns[1:]:
        is_agreed &= (part[name] == first).fillna(False)
    agreed = part[is_agreed.to_numpy(bool)]
    strata, stratum = np.unique(
        agreed["predicted_label"].to_numpy(dtype=str), return_inverse=True
    )
    if not len(agreed):
        return rows
    times = _resampled(stratum, rng)
    per_unit = agreed["stratum_count"].to_numpy(float) / np.bincount(stratum)[stratum]
    weight = times * per_unit
    code = agreed[columns[0]].to_numpy(dtype=str)
    predicted = strata[stratum]
    for label in sorted({*predicted.tolist(), *code.tolist()}):
        both = weight @ ((code == label) & (predicted == label))
        for measure, among in (("precision", predicted), ("recall", code)):
            of = weight @ (among == label)
            share = np.divide(both, of, out=np.full_like(of, np.nan), where=of > 0)
            rows.append(row(label, measure, share, int((among == label).sum())))
    return rows


def _resampled(stratum: np.ndarray, rng: np.random.Generator) -> FloatArray:
    """How often each unit counts: once, then in replicates resampled within strata.

    Returns:
        Shape (1 + REPLICATES, units).
    """
    times = np.zeros((1 + REPLICATES, stratum.size))
    times[0] = 1.0
    for number in np.unique(stratum):
        own = np.flatnonzero(stratum == number)
        shares = np.full(own.size, 1 / own.size)
        times[1:, own] = rng.multinomial(own.size, shares, size=REPLICATES)
    return times
