"""Have people read what the tables say.

    adaptation coding draw --out coding/
    adaptation coding agree --sheets coding/

`draw` writes a sheet for each of two coders, a codebook, and a key that coders do not
see. `agree` reads the sheets once they are filled in.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from refugee_adaptation.builds import database_option
from refugee_adaptation.coding.agreement import SheetError, agreement
from refugee_adaptation.coding.sheets import (
    CODERS,
    codebook,
    draw_units,
    write_sheets,
)
from refugee_adaptation.report.marts import Marts, MartsError


def draw(options: argparse.Namespace) -> None:
    """Draw units from a build and write the sheets."""
    with Marts(options.db) as marts:
        tables = marts.cursor()
        units = tables.query("from main.coding_units").df()
        meanings = tables.query("from seeds.adaptation_archetypes").df()
        tables.close()
    drawn = draw_units(units, options.per_label, options.seed)
    written = write_sheets(drawn, codebook(units, meanings), options.out)
    print(f"{len(drawn)} rows to code; give a coder one sheet and the codebook:")
    print("\n".join(f"  {path}" for path in written))


def agree(options: argparse.Namespace) -> None:
    """Read the sheets and print how far they agree."""
    sheets = [
        pd.read_csv(options.sheets / f"coder_{coder}.csv", encoding="utf-8-sig")
        for coder in CODERS
    ]
    key = pd.read_csv(options.sheets / "key.csv")
    table = agreement(sheets, key, options.seed)
    table.to_csv(options.sheets / "agreement.csv", index=False)
    duckdb.from_df(table).show(max_rows=1_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw sheets or read them.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 where something cannot be read or would be lost.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation coding",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1, help="start of random draws")
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="write sheets for two coders")
    database_option(drawing)
    drawing.add_argument("--out", type=Path, default=Path("coding"), help="folder")
    drawing.add_argument(
        "--per-label", type=int, default=20, help="units of each label (20)"
    )
    drawing.set_defaults(run=draw)
    agreeing = commands.add_parser("agree", help="read the sheets that were filled in")
    agreeing.add_argument("--sheets", type=Path, default=Path("coding"), help="folder")
    agreeing.set_defaults(run=agree)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except duckdb.CatalogException:
        print(f"{options.db} has no coding_units: run dbt build", file=sys.stderr)
        return 2
    except (MartsError, OSError, SheetError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
