"""Command line: `python -m refugee_adaptation.planted --full --out table.csv`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refugee_adaptation.planted.experiments import EXPERIMENTS
from refugee_adaptation.planted.results import Plan, Result, to_frame
from refugee_adaptation.planted.table import markdown_table, print_table, read_table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m refugee_adaptation.planted",
        description="Run every method on samples with planted truth and on samples "
        "with none, and print one table: ours, the study's recipe, a trivial baseline "
        "and the target. The small version takes two minutes.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--full", action="store_true", help="more sizes, separations and samples")
    add(
        "--only",
        action="append",
        choices=tuple(EXPERIMENTS),
        metavar="METHOD",
        help=f"run this one, may be repeated: {', '.join(EXPERIMENTS)}",
    )
    add("--seed", type=int, default=Plan.seed, help="seed of every sample")
    add("--out", type=Path, metavar="FILE.csv", help="write the table here as well")
    add("--quiet", action="store_true", help="no progress lines")
    add(
        "--markdown",
        type=Path,
        metavar="FILE.csv",
        help="run nothing: the main figures of a written table, for the documentation",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.seed < 0:
        parser.error("--seed must not be negative")
    if given.out is not None and not given.out.parent.is_dir():
        parser.error(f"--out: there is no folder {given.out.parent}")
    try:
        if given.markdown is not None:
            print(markdown_table(read_table(given.markdown)))
            return 0
        plan = Plan(is_full=given.full, seed=given.seed, quiet=given.quiet)
        rows: list[Result] = []
        for name in dict.fromkeys(given.only or EXPERIMENTS):
            rows += EXPERIMENTS[name](plan)
            if given.out is not None:
                # after each experiment: a long run that is stopped is not lost
                to_frame(rows).to_csv(given.out, index=False, lineterminator="\n")
        plan.say("done")
    except (OSError, RuntimeError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(print_table(to_frame(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
