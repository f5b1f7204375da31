"""Blinded coding sheets: what coders read, and the key that they do not see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from refugee_adaptation.export import FORMULA_STARTS

SHEET_COLUMNS = ["item", "coding_task", "text", "code", "comment"]
KEY_COLUMNS = ["item", "coding_task", "unit_id", "predicted_label", "stratum_count"]
# what a coder writes who has read the text and cannot decide
UNDECIDED = "cannot tell"
CODERS = (1, 2)


def draw_units(units: pd.DataFrame, per_label: int, seed: int) -> pd.DataFrame:
    """Draw units for coding, so many of each label that the tables give.

    Args:
        units: ``coding_units``, one row per task and unit: ``coding_task``,
            ``unit_id``, ``predicted_label`` and ``shown_text``.
        per_label: units of each label (stratum); all where there are fewer.
        seed: start of the random draw.

    Returns:
        The units drawn, in an order that tells nothing about the label, numbered by
        ``item`` from 1, with the size of the stratum they stand for
        (``stratum_count``).
    """
    rng = np.random.default_rng(seed)
    ordered = units.sort_values(["coding_task", "predicted_label", "unit_id"])
    drawn = []
    for _, stratum in ordered.groupby(["coding_task", "predicted_label"], sort=True):
        count = min(per_label, len(stratum))
        places = rng.choice(len(stratum), count, replace=False)
        drawn.append(stratum.iloc[places].assign(stratum_count=len(stratum)))
    if not drawn:
        return units.assign(stratum_count=0, item=0)
    together = pd.concat(drawn).sample(frac=1, random_state=seed)
    together = together.sort_values("coding_task", kind="stable").reset_index(drop=True)
    return together.assign(item=np.arange(1, len(together) + 1))


def _cell(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text[:1] in FORMULA_STARTS else text


def write_sheets(drawn: pd.DataFrame, told: str, out: Path) -> list[Path]:
    """Write a sheet for each coder, the codebook, and the key.

    Args:
        drawn: what `draw_units` returns.
        told: the codebook, Markdown.
        out: folder to write to.

    Returns:
        The files. The key alone holds what the tables say, and pseudonyms.

    Raises:
        FileExistsError: a sheet stands there already; codes would be lost.
    """
    sheets = [out / f"coder_{coder}.csv" for coder in CODERS]
    for path in sheets:
        if path.exists():
            raise FileExistsError(f"{path} exists; codes in it would be lost")
    out.mkdir(parents=True, exist_ok=True)
    shown = drawn.assign(
        text=[_cell(text) for text in drawn["shown_text"]], code="", comment=""
    )
    for path in sheets:
        shown[SHEET_COLUMNS].to_csv(path, index=False, encoding="utf-8-sig")
    key, book = out / "key.csv", out / "codebook.md"
    drawn[KEY_COLUMNS].to_csv(key, index=False)
    book.write_text(told, "utf-8")
    return [*sheets, book, key]


def codebook(units: pd.DataFrame, definitions: pd.DataFrame) -> str:
    """Tell coders what to decide, and which codes there are.

    Args:
        units: See `draw_units`.
        definitions: what each archetype means: ``archetype``, ``weight``,
            ``rationale`` (the seed ``adaptation_archetypes``).

    Returns:
        Markdown.
    """
    lines = [
        "# Codebook",
        "",
        "Read the text of each row and write one code of its task into `code`. Decide",
        "from the text alone, without the other coder and without the tables. Write",
        f"`{UNDECIDED}` where the text does not tell; an empty cell is not yet coded.",
    ]
    for task, part in units.groupby("coding_task", sort=True):
        lines += ["", f"## {task}", ""]
        lines += [
            f"- `{label}`{_meaning(str(label), definitions)}"
            for label in sorted({*part["predicted_label"], "none"})
        ]
    return "\n".join(lines) + "\n"


def _meaning(label: str, definitions: pd.DataFrame) -> str:
    own = definitions[(definitions["archetype"] == label) & (definitions["weight"] > 0)]
    return f": {'; '.join(own['rationale'])}" if len(own) else ""
