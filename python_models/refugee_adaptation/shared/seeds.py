"""The facts that stand once, as rows: the seeds of the project."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

# the package is installed from its project, whose facts stand in the seeds
SEEDS = Path(__file__).resolve().parents[3] / "seeds"


@cache
def seed_rows(seed: str) -> tuple[dict[str, str], ...]:
    """Read a seed.

    Args:
        seed: its name, as dbt knows it.

    Returns:
        Its rows in order, every value as text; an empty cell is empty text.

    Raises:
        FileNotFoundError: there is no such seed.
    """
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
