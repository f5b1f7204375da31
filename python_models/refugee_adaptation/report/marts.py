"""Read marts of a built database, and say plainly what is not there."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd

Row = dict[str, Any]

_NAMED = re.compile(r"\b(?:from|join)\s+([a-z_][a-z0-9_]*)", re.IGNORECASE)
_STEP = re.compile(r"\b([a-z_][a-z0-9_]*) as \(", re.IGNORECASE)


MIN_PEOPLE = 3
"""A row of a grouped table that describes fewer people is not published. In the sample
3 hides 3 of 55 days and one community, 5 would hide 9 days."""
_PEOPLE = ("author_count", "member_count", "user_count")


class MartsError(Exception):
    """The database cannot be read."""


class NotBuiltError(Exception):
    """A query needs a table or a column that this build does not have.

    Attributes:
        needed: the table, or `table.column`.
    """

    def __init__(self, needed: str) -> None:
        """Remember what is missing.

        Args:
            needed: the table, or `table.column`.
        """
        super().__init__(f"this build has no {needed}")
        self.needed = needed


class NoRowsError(Exception):
    """A query found nothing.

    Attributes:
        table: the table that was read first.
    """

    def __init__(self, table: str) -> None:
        """Remember where nothing was found.

        Args:
            table: the table that was read first.
        """
        super().__init__(f"{table} has nothing to show")
        self.table = table


@dataclass(frozen=True)
class Answer:
    """What a query gave, with the query.

    Attributes:
        sql: the query, ready to paste into the DuckDB CLI.
        tables: the marts it reads, in order of appearance.
        frame: the rows.
    """

    sql: str
    tables: tuple[str, ...]
    frame: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The columns, in order."""
        return [str(name) for name in self.frame.columns]

    @property
    def rows(self) -> list[Row]:
        """The rows as plain Python values, missing ones as None."""
        names = list(self.frame.columns)
        return [
            dict(zip(names, (_plain(value) for value in values), strict=True))
            for values in self.frame.itertuples(index=False, name=None)
        ]

    @property
    def row(self) -> Row:
        """The first row.

        Raises:
            NoRowsError: there is none.
        """
        return self.some().rows[0]

    def some(self) -> Answer:
        """Insist on at least one row.

        Returns:
            This answer.

        Raises:
            NoRowsError: there is none.
        """
        if self.frame.empty:
            raise NoRowsError(self.tables[0] if self.tables else "the query")
        return self


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        listed = value.tolist() if hasattr(value, "tolist") else list(value)
        if isinstance(listed, list):
            return [_plain(item) for item in listed]
        value = listed
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float) and value != value:
        return None
    return value


class Marts:
    """The tables of schema `main` of one built database, read-only, as published.

    Queries see times to the hour, and no row of a grouped table that describes one to
    `MIN_PEOPLE` - 1 people.

    Attributes:
        path: the database.
        names: every table, in alphabetical order.
        read: the tables that queries have read so far.
        left_out: rows that are not published, by table, of those that have any.
    """

    def __init__(
        self, path: Path, *, exact_times: bool = False, min_people: int = MIN_PEOPLE
    ) -> None:
        """Open the database.

        Args:
            path: the DuckDB file of a build.
            exact_times: publish times to the second.
            min_people: people whom a row of a grouped table must describe.

        Raises:
            MartsError: there is no such file, it is no DuckDB database, or it holds no
                table.
        """
        if not path.is_file():
            raise MartsError(
                f"{path} does not exist. Build it first (make build), or name the "
                "database with --db."
            )
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise MartsError(f"{path} cannot be read: {error}") from error
        self.path = path
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute("set threads = 1")
        found = self._connection.execute(
            "select table_name from information_schema.tables "
            "where table_schema = 'main' order by table_name"
        ).fetchall()
        self.names: tuple[str, ...] = tuple(name for (name,) in found)
        if not self.names:
            self._connection.close()
            raise MartsError(f"{path} holds no table of a build.")
        self.read: set[str] = set()
        self.left_out: dict[str, int] = {}
        self._views: list[str] = []
        # a view would find itself under the table's shorter names
        [(catalog,)] = self._connection.execute("select current_database()").fetchall()
        self._catalog = '"' + catalog.replace('"', '""') + '"'
        for table in self.names:
            self._publish(table, exact_times=exact_times, min_people=min_people)

    def _publish(self, table: str, *, exact_times: bool, min_people: int) -> None:
        """Put a view in front of a table that is not published as it is."""
        types = {name: kind for name, kind, _ in self.columns(table)}
        hours = [
            f'date_trunc(\'hour\', "{name}") as "{name}"'
            for name, kind in types.items()
            if kind == "TIMESTAMP" and not exact_times
        ]
        # a row of one person, post or comment is no group
        is_grouped = not {"user_id", "post_id", "comment_id"} & set(types)
        small = " or ".join(
            f'coalesce("{name}" between 1 and {min_people - 1}, false)'
            for name in _PEOPLE
            if is_grouped and name in types
        )
        if small:
            [(count,)] = self._connection.execute(
                f'select count(*) from main."{table}" where {small}'
            ).fetchall()
            if count:
                self.left_out[table] = count
        if hours or table in self.left_out:
            changed = f"replace ({', '.join(hours)})" if hours else ""
            kept = f"where not ({small})" if table in self.left_out else ""
            view = (
                f'create temp view "{table}" as '
                f'select * {changed} from {self._catalog}.main."{table}" {kept}'
            )
            self._connection.execute(view)
            self._views.append(view)

    def __enter__(self) -> Marts:
        """Give the open marts."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database.

        Args:
            kind: class of the exception that ends the block, if any.
            error: the exception.
            trace: its traceback.
        """
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def has(self, table: str) -> bool:
        """Tell whether this build has a table.

        Args:
            table: name of a mart.

        Returns:
            True if it is there, empty or not.
        """
        return table in self.names

    def ask(self, sql: str, *values: object) -> Answer:
        """Run a query on the marts.

        Args:
            sql: a query that reads tables of schema `main` only.
            values: values of its `?` marks, if it has any.

        Returns:
            The rows with the query.

        Raises:
            NotBuiltError: a table or a column it reads is not in this build.
        """
        sql = textwrap.dedent(sql).strip()
        steps = {name.lower() for name in _STEP.findall(sql)}
        named = dict.fromkeys(name.lower() for name in _NAMED.findall(sql))
        tables = tuple(n for n in named if n not in steps and n in self.names)
        for name in named:
            if name not in steps and name not in self.names and name != "unnest":
                raise NotBuiltError(name)
        self.read.update(tables)
        try:
            found: pd.DataFrame = self._connection.execute(sql, list(values)).df()
        except duckdb.BinderException as error:
            missing = re.search(r'column "?([\w.]+)"?', str(error))
            column = missing.group(1) if missing else "column it needs"
            raise NotBuiltError(f"{', '.join(tables)} with {column}") from error
        return Answer(sql, tables, found)

    def columns(self, table: str) -> Sequence[tuple[str, str, str]]:
        """List the columns of a mart.

        Args:
            table: name of a mart.

        Returns:
            Name, data type and description of each column, in order.
        """
        found: list[tuple[str, str, str]] = self._connection.execute(
            "select column_name, data_type, coalesce(comment, '') "
            "from duckdb_columns() where database_name = current_database() "
            "and schema_name = 'main' and table_name = ? order by column_index",
            [table],
        ).fetchall()
        return found

    def description(self, table: str) -> str:
        """Give the description of a mart.

        Args:
            table: name of a mart.

        Returns:
            Its comment in the database; empty without one.
        """
        found = self._connection.execute(
            "select coalesce(comment, '') from duckdb_tables() "
            "where schema_name = 'main' and table_name = ?",
            [table],
        ).fetchone()
        return str(found[0]) if found else ""

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own to the same database.

        Returns:
            A DuckDB connection.
        """
        cursor = self._connection.cursor()
        for view in self._views:
            cursor.execute(view)
        return cursor
