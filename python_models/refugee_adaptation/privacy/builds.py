"""What the commands need to know of a build: its database, its key, its columns."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from refugee_adaptation.crawl.keys import key_of_build
from refugee_adaptation.crawl.sheets import CrawlError

DATABASE_VARIABLE = "ADAPTATION_DB"


def default_database() -> Path:
    """The database that a build makes where nothing else is said."""
    return Path(os.environ.get(DATABASE_VARIABLE, "adaptation.duckdb"))


def key_for(database: Path) -> str:
    """Find the key of a build.

    Args:
        database: the path of the DuckDB file; it need not be there.

    Returns:
        The key.

    Raises:
        CrawlError: there is no key, or it is not the one of this build.
    """
    fingerprint = None
    if database.is_file():
        with duckdb.connect(str(database), read_only=True) as connection:
            try:
                found = connection.execute(
                    "select key_fingerprint from staging.stg_crawl__files limit 1"
                ).fetchone()
            except duckdb.Error:
                found = None
        fingerprint = found[0] if found else None
    key = key_of_build(database, fingerprint)
    if key is None:
        raise CrawlError(
            f"The key of {database} is needed: expected it in {database}.key or in "
            "ADAPTATION_PSEUDONYM_KEY."
        )
    return key


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
