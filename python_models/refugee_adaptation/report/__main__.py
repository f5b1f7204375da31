"""Command line: `adaptation report --db adaptation.duckdb`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from refugee_adaptation.builds import database_option
from refugee_adaptation.report.marts import MartsError
from refugee_adaptation.report.page import write


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report of a build.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the database cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation report",
        description="Write one self-contained HTML page from the tables of a build. "
        "It opens in any browser, without a server or a network.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    database_option(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("report.html"), help="file to write"
    )
    parser.add_argument(
        "--people",
        type=int,
        default=3000,
        help="people per network, the most influential first; 0 for all",
    )
    options = parser.parse_args(arguments)
    if options.people < 0:
        parser.error("--people must be 0 or more")
    if options.out.is_dir():
        parser.error(f"--out {options.out} is a folder; name a file")
    started = time.perf_counter()
    try:
        size = write(options.db, options.out, most_people=options.people or None)
    except MartsError as error:
        print(error, file=sys.stderr)
        return 2
    took = time.perf_counter() - started
    print(f"{options.out}: {size / 1e6:.1f} MB, written in {took:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
