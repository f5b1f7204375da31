"""SQLite databases of crawlers, opened so that nothing can be written.

DuckDB's own extension for SQLite is a download; the standard library serves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.sheets import CrawlError, Record, Sheet, number_as_text

MAGIC = b"SQLite format 3\x00"


def open_sheets(source: Path | bytes) -> list[Sheet]:
    """Open every table of a database.

    Args:
        source: the database, or its content.

    Returns:
        One sheet per table, in order of name.

    Raises:
        CrawlError: the database is damaged or locked.
    """
    try:
        with closing(_connect(source)) as connection:
            tables = [
                str(name)
                for (name,) in connection.execute(
                    "select name from sqlite_master where type = 'table'"
                    " and name not like 'sqlite_%' order by name"
                )
            ]
            return [_sheet(source, connection, table) for table in tables]
    except sqlite3.Error as error:
        raise CrawlError(f"the SQLite database cannot be read ({error})") from error


def _sheet(source: Path | bytes, connection: sqlite3.Connection, table: str) -> Sheet:
    cursor = connection.execute(f"select * from {_quote(table)} limit 0")
    columns = [str(column[0]) for column in cursor.description]
    return Sheet(
        columns=columns,
        # the library gives UTF-8 whatever the file holds
        encoding="utf-8",
        records=lambda: _records(source, table, columns),
        name=table,
    )


def _records(source: Path | bytes, table: str, columns: list[str]) -> Iterator[Record]:
    try:
        with closing(_connect(source)) as connection:
            for row in connection.execute(f"select * from {_quote(table)}"):
                texts = map(_text, row)
                yield Record(dict(zip(columns, texts, strict=True)))
    except sqlite3.Error as error:
        raise CrawlError(f"the SQLite database cannot be read ({error})") from error


def _connect(source: Path | bytes) -> sqlite3.Connection:
    if isinstance(source, bytes):
        connection = sqlite3.connect(":memory:")
        # a database in memory has no log, whatever its header says
        connection.deserialize(source[:18] + b"\x01\x01" + source[20:])
        return _bounded(connection)
    # immutable: no lock, no journal, works on a read-only disk. But then rows that
    # still stand in a side file would be missed, so that case opens the usual way.
    side_files = (
        source.with_name(source.name + suffix) for suffix in ("-wal", "-journal")
    )
    is_pending = any(file.exists() and file.stat().st_size for file in side_files)
    options = "mode=ro" if is_pending else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{source.resolve().as_uri()}?{options}", uri=True)
    return _bounded(connection)


def _bounded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Bound the work of a connection: SQL in the file may compute without end."""
    connection.text_factory = _decode
    interval = min(10_000_000, limits.SQLITE_STEPS)
    left = limits.SQLITE_STEPS // interval

    def is_spent() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(is_spent, interval)
    return connection


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")


def _text(value: str | bytes | float | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return _decode(value)
    return number_as_text(value)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
