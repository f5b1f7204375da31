"""`adaptation run`: one command from a crawl to the page."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import webbrowser
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

from refugee_adaptation.builds import PROJECT, database_option
from refugee_adaptation.crawl.files import find_files
from refugee_adaptation.crawl.reading import SKIP_VARIABLE
from refugee_adaptation.crawl.sheets import CrawlError

EXAMPLES = """\
examples:
  adaptation run path/to/crawl
  adaptation run january/ --db january.duckdb --open
  adaptation run february.csv --db january.duckdb --grow
  adaptation run path/to/crawl -- --select +findings    (what follows -- is for dbt)
"""


@dataclass(frozen=True)
class Outcome:
    """How a build ended.

    Attributes:
        is_whole: Whether every table was made and every test passed.
        error: What stopped it before the first table; None of a build that began.
    """

    is_whole: bool
    error: str | None


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line.

    Args:
        arguments: Those of the command line, without the program's name.

    Returns:
        The options.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation run",
        description="Build and test every table from a crawl, then write its page. "
        "It is `dbt build` with the settings below; three thousand posts take a minute "
        "or two.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("crawl", nargs="+", metavar="PATH", help="files or folders")
    database_option(parser, "database to build (default: %(default)s)")
    parser.add_argument(
        "--out", type=Path, help="page to write (default: beside the database)"
    )
    parser.add_argument("--columns", type=Path, help="YAML file: their columns to ours")
    parser.add_argument(
        "--grow", action="store_true", help="add this crawl to what the database holds"
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace the results of another crawl"
    )
    parser.add_argument(
        "--skip-unreadable",
        action="store_true",
        help="pass over files that cannot be read, and say which",
    )
    parser.add_argument("--open", action="store_true", help="open the page when done")
    parser.add_argument(
        "--json", action="store_true", help="print the result as one JSON object"
    )
    parser.add_argument("--threads", type=int, help="threads of the build (default: 2)")
    given = list(sys.argv[1:] if arguments is None else arguments)
    own = given[: given.index("--")] if "--" in given else given
    options = parser.parse_args(own)
    options.dbt = given[len(own) + 1 :]
    if options.threads is not None and options.threads < 1:
        parser.error("--threads must be 1 or more")
    if options.db.is_dir():
        parser.error(f"--db {options.db} is a folder; name a file")
    options.out = options.out or options.db.with_suffix(".html")
    if options.out.is_dir():
        parser.error(f"--out {options.out} is a folder; name a file")
    return options


def build(options: argparse.Namespace) -> Outcome:
    """Run `dbt build` in this process, with its progress on standard output.

    Args:
        options: As :func:`options_of` gives them.

    Returns:
        How it ended.
    """
    from dbt.cli.main import dbtRunner

    crawl = os.pathsep.join(str(Path(path).absolute()) for path in options.crawl)
    settings = {"ADAPTATION_CRAWL": crawl, "ADAPTATION_DB": str(options.db.absolute())}
    if options.columns:
        settings["ADAPTATION_COLUMNS"] = str(options.columns.absolute())
    if options.replace:
        settings["ADAPTATION_REPLACE"] = "1"
    if options.skip_unreadable:
        settings[SKIP_VARIABLE] = "1"
    if options.threads:
        settings["ADAPTATION_THREADS"] = str(options.threads)
    os.environ.update(settings)
    output = sys.stderr if options.json else sys.stdout
    colours = "--use-colors" if output.isatty() else "--no-use-colors"
    arguments = [
        colours,
        "build",
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
    ]
    if options.grow:
        arguments += ["--vars", "grow: true"]
    arguments += options.dbt
    here = Path.cwd()
    os.chdir(PROJECT)
    try:
        done = dbtRunner().invoke(arguments)
    finally:
        os.chdir(here)
    error = None if done.result is not None else str(done.exception or "")
    return Outcome(is_whole=done.success, error=error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a crawl and write its page.

    Args:
        arguments: Those of the command line, without the program's name.

    Returns:
        The exit code: 0; 1 where a table or a test failed; 2 where nothing was built.
    """
    options = options_of(arguments)
    try:
        find_files(options.crawl)
        if not (PROJECT / "dbt_project.yml").exists():
            raise CrawlError(f"The project's folder is not there: {PROJECT}.")
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 2
    began = time.monotonic()
    with redirect_stdout(sys.stderr if options.json else sys.stdout):
        outcome = build(options)
    if outcome.error is not None or not options.db.exists():
        return 2
    return _page(options, outcome, time.monotonic() - began)


def _page(options: argparse.Namespace, outcome: Outcome, seconds: float) -> int:
    """Write the page and say where everything is."""
    from refugee_adaptation.report.marts import Marts, MartsError, NotBuiltError, Row
    from refugee_adaptation.report.page import write

    lines: list[Row] = []
    try:
        write(options.db, options.out)
        with Marts(options.db) as marts, suppress(NotBuiltError):
            lines = marts.ask(
                "select subject, sentence from build_summary order by line_number"
            ).rows
    except MartsError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        result = {
            "is_whole": outcome.is_whole,
            "database": str(options.db.absolute()),
            "page": str(options.out.absolute()),
            "seconds": round(seconds),
            "summary": {row["subject"]: row["sentence"] for row in lines},
        }
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(f"Tables  {options.db}")
        print(f"Page    {options.out}")
    if options.open:
        webbrowser.open(options.out.absolute().as_uri())
    return 0 if outcome.is_whole else 1
