"""Show what a crawl holds: `python -m refugee_adaptation.crawl PATH`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from refugee_adaptation.crawl.inventory import describe
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.sheets import CrawlError


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the inventory of a crawl.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the crawl cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m refugee_adaptation.crawl",
        description="Show what is recognised in a crawl: files, formats, entities, "
        "rows.",
    )
    parser.add_argument(
        "crawl", nargs="+", metavar="PATH", help="a file, a folder or a quoted glob"
    )
    parser.add_argument(
        "--columns",
        metavar="FILE",
        help="a YAML file that says what the columns of further sheets are",
    )
    options = parser.parse_args(arguments)
    try:
        print(describe(read_crawl(options.crawl, options.columns), most_lines=None))
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
