"""What commands share: where the project and a build are, and what columns it has."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
"""The project's folder, of an installation from a clone."""


def database_option(
    parser: argparse.ArgumentParser, words: str = "database of a build"
) -> None:
    """Let a command take the database of a build, by default that of `dbt build`.

    Args:
        parser: gets the option `--db`.
        words: its help.
    """
    parser.add_argument(
        *("--db", "--database"),
        type=Path,
        default=Path(os.environ.get("ADAPTATION_DB", "adaptation.duckdb")),
        metavar="FILE",
        help=words,
    )


def columns_option(parser: argparse.ArgumentParser) -> None:
    """Let a command take the setting `columns`.

    Args:
        parser: gets the option `--columns`.
    """
    parser.add_argument(
        "--columns",
        metavar="FILE",
        help="a YAML file that says what the columns of further sheets are",
    )


def crawl_option(parser: argparse.ArgumentParser) -> None:
    """Let a command take the crawl that was built, by default that of `dbt build`.

    Args:
        parser: gets the options `--crawl` and `--columns`.
    """
    parser.add_argument(
        "--crawl",
        default=os.environ.get("ADAPTATION_CRAWL", "seeds/sample"),
        help="the crawl that was built (or ADAPTATION_CRAWL)",
    )
    columns_option(parser)


def text_columns(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], dict[str, bool]]:
    """List the columns of text of every table of a database.

    Args:
        connection: to the database.

    Returns:
        By schema and table, the columns, and whether each is a list of texts.
    """
    found: dict[tuple[str, str], dict[str, bool]] = {}
    rows = connection.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        inner join duckdb_tables() using (database_name, schema_name, table_name)
        where database_name = current_database() and data_type like 'VARCHAR%'
        order by schema_name, table_name, column_name
        """
    ).fetchall()
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), {})[column] = kind.endswith("[]")
    return found


def quoted(*names: str) -> str:
    """Write a name of SQL, in parts."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
