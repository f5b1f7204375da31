"""The planted-truth table, to be read: in a terminal, and in the documentation."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from refugee_adaptation.planted.results import COLUMNS, FALSE_CLAIMS, RECOVERY

LEGEND = """\
ours: mean over samples with its t interval, or share with its exact interval (95 %).
study: the study's recipe. groups: 3 means of raw counts. topics: NMF of a 50-word
  TF-IDF, 3 topics, so at most half of 6. communities: one Louvain run; without
  communities, what rewired ties (the usual null) would say. anomalies: DBSCAN noise of
  raw counts. retention: the follow-up's scoring, mostly on its own training rows, 772
  columns, so a figure above the oracle is an overstatement. It has no rule by which
  to claim nothing: 1 where there is nothing.
trivial: groups: engagement terciles. topics: the most frequent words. communities:
  connected components. anomalies: the most liked 1 %. retention: one half. cascades:
  who has most replies; adoption twice as frequent after a meeting as on average.
oracle: one who knows how the sample was made.
met: unclear = misses, but on too few samples to tell."""

_PRINTED = {
    "method": "method",
    "planted": "planted",
    "separation": "by",
    "size": "size",
    "samples": "samples",
    "metric": "metric",
    "ours": "ours",
    "study_recipe": "study",
    "trivial_baseline": "trivial",
    "oracle": "oracle",
    "target": "target",
    "meets_target": "met",
}


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that ``--out`` wrote.

    Args:
        path: The CSV file.

    Returns:
        Columns COLUMNS.

    Raises:
        ValueError: The file has other columns.
    """
    frame = pd.read_csv(
        path,
        keep_default_na=False,
        na_values={
            c: [""]
            for c in (
                "claims",
                "ours",
                "ours_low",
                "ours_high",
                "study_recipe",
                "trivial_baseline",
                "oracle",
            )
        },
    )
    if list(frame.columns) != list(COLUMNS):
        raise ValueError(f"{path} has other columns than the planted-truth table")
    return frame.astype({"claims": "Int64"})


def print_table(frame: pd.DataFrame) -> str:
    """Lay the table out for a terminal: recovery, then false claims, then the legend.

    Args:
        frame: Columns COLUMNS.

    Returns:
        The text.
    """
    shown = _cells(frame).rename(columns=_PRINTED)
    widths = {
        name: max(len(name), *map(len, shown[name])) for name in _PRINTED.values()
    }
    header = "  ".join(name.ljust(width) for name, width in widths.items()).rstrip()
    lines = [header]
    for part in (RECOVERY, FALSE_CLAIMS):
        rows = shown.loc[(frame["part"] == part).to_numpy()]
        if rows.empty:
            continue
        lines += ["", f"-- {part} " + "-" * max(len(header) - len(part) - 4, 0)]
        lines += [
            "  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip()
            for row in rows.to_dict("records")
        ]
    counted = count_verdicts(frame)
    return "\n".join([*lines, "", f"targets: {counted}", "", LEGEND])


def main_figures(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep one row for each target: of several sizes and separations the worst.

    Args:
        frame: Columns COLUMNS.

    Returns:
        Rows of the frame, in its order.
    """
    kept = frame[frame["meets_target"] != ""]
    # a target from above asks for little, all others for much
    is_least_best = kept["target"].str.startswith("<=")
    worst_first = kept.assign(
        verdict=kept["meets_target"].map({"no": 0, "unclear": 1, "yes": 2}),
        merit=kept["ours"].where(~is_least_best, -kept["ours"]),
    ).sort_values(["verdict", "merit"], kind="stable")
    alike = ["part", "experiment", "method", "metric"]
    return frame.loc[worst_first.drop_duplicates(alike).index.sort_values()]


def markdown_table(frame: pd.DataFrame) -> str:
    """Lay the main figures out for the documentation.

    Args:
        frame: Columns COLUMNS.

    Returns:
        A markdown table, one line per row, without a line break at the end.
    """
    kept = main_figures(frame)
    cells = _cells(kept)
    cells["method"] = kept["experiment"] + ": " + cells["method"]
    cells["planted"] = kept["planted"].where(
        kept["separation"] == 0, kept["planted"] + ": " + cells["separation"]
    )
    names = [name for name in _PRINTED if name not in ("separation", "oracle")]
    rows = [
        [_PRINTED[name] for name in names],
        ["---"] * len(names),
        *cells[names].to_numpy().tolist(),
    ]
    # a bar would end the cell
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in escaped)


def count_verdicts(frame: pd.DataFrame) -> str:
    """Say how many targets are met, missed and unclear."""
    verdicts = frame["meets_target"].value_counts()
    return ", ".join(
        f"{verdicts.get(answer, 0)} {words}"
        for answer, words in (("yes", "met"), ("no", "missed"), ("unclear", "unclear"))
    )


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as text, the interval beside the estimate."""
    table = pd.DataFrame(index=frame.index)
    for name in _PRINTED:
        if name == "size":
            table[name] = [
                f"{size:,} {unit}"
                for size, unit in zip(frame["sample_size"], frame["unit"], strict=True)
            ]
        elif name == "ours":
            table[name] = [
                _number(value)
                + (f" [{_number(low)}, {_number(high)}]" if low == low else "")
                for value, low, high in zip(
                    frame["ours"], frame["ours_low"], frame["ours_high"], strict=True
                )
            ]
        elif name in ("study_recipe", "trivial_baseline", "oracle"):
            table[name] = frame[name].map(_number)
        elif name == "separation":
            table[name] = frame[name].map(lambda value: f"{value:g}")
        else:
            table[name] = frame[name].astype(str)
    return table


def _number(value: float) -> str:
    """Two decimals, three below a tenth; nothing for a missing value."""
    if value != value:
        return ""
    text = f"{value:.3f}" if 0 < abs(value) < 0.1 else f"{value:.2f}"
    return text.removeprefix("-") if float(text) == 0 else text
