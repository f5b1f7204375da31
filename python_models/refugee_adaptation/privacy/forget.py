"""Forget a person: nothing of theirs stays in the tables, now and in later builds.

What is kept is the pseudonym alone, in a list beside the database that every later
build honours (`crawl/forgotten.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from refugee_adaptation.builds import database_option, quoted, text_columns
from refugee_adaptation.crawl.forgotten import PSEUDONYM, add_forgotten
from refugee_adaptation.crawl.sheets import CrawlError
from refugee_adaptation.privacy.who import key_for, pseudonym_of
from refugee_adaptation.swap import Swap, SwapError
from refugee_adaptation.wording.messages import message

RAW = {"post": "stg_crawl__raw_posts", "comment": "stg_crawl__raw_comments"}
"""The tables that stay from build to build where a crawl grows, by entity."""

_PLACE = ("source_file", "row_number", "crawl_format")


def forget(user: str, database: Path) -> dict[str, int]:
    """Delete a person from the tables of a build.

    Every row is deleted in which the pseudonym of the person, or of a post or comment
    of theirs, stands. Raw rows stay, without any value, as rows that are rejected.

    Args:
        user: the pseudonym.
        database: the path of the DuckDB file.

    Returns:
        Rows by table, of those that had any.

    Raises:
        duckdb.Error: the database is in use, or is none.
    """
    counts: dict[str, int] = {}
    with duckdb.connect(str(database)) as connection:
        columns = text_columns(connection)
        ids = {user}
        connection.begin()
        for entity, table in RAW.items():
            if ("staging", table) in columns:
                own = f"from staging.{table} where user_id = ?"
                rows = connection.execute(
                    f"select {entity}_id {own}", [user]
                ).fetchall()
                ids.update(post for (post,) in rows if post is not None)
                counts[table] = _blank(connection, table, user)
        for (schema, table), held in columns.items():
            if table in RAW.values() or schema == "seeds":
                continue
            tests = " or ".join(
                f"list_has_any({quoted(name)}, $ids::varchar[])"
                if is_list
                else f"{quoted(name)} in (select unnest($ids::varchar[]))"
                for name, is_list in held.items()
            )
            [(deleted,)] = connection.execute(
                f"delete from {quoted(schema, table)} where {tests}",
                {"ids": sorted(ids)},
            ).fetchall()
            counts[table] = deleted
        connection.commit()
        connection.execute("checkpoint")
    return {table: count for table, count in counts.items() if count}


def _blank(connection: duckdb.DuckDBPyConnection, table: str, user: str) -> int:
    """Take every value out of raw rows of a person."""
    described = connection.execute(f"describe staging.{table}").fetchall()
    values = [
        f"{quoted(name)} = {'false' if name.startswith('is_') else 'null'}"
        for name, *_ in described
        if name not in (*_PLACE, "read_problem")
    ]
    [(count,)] = connection.execute(
        f"update staging.{table} set {', '.join(values)}, read_problem = ? "
        "where user_id = ?",
        [message("row_forgotten"), user],
    ).fetchall()
    return int(count)


def main(arguments: Sequence[str] | None = None) -> int:
    """Forget a person.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the key is not there or the database is in use.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation forget",
        description="Delete a person from the tables of a build, and from every later "
        "build beside which the list of the forgotten stands.",
    )
    parser.add_argument(
        "id", help="a user id of the crawl (24 hex digits) or a pseudonym"
    )
    database_option(parser)
    options = parser.parse_args(arguments)
    written, database = options.id.strip(), options.db
    try:
        user = written if PSEUDONYM.fullmatch(written) else None
        user = user or pseudonym_of(written, key_for(database))
        if user is None:
            raise CrawlError(
                f"`{written}` is no user id of 24 hex digits and no pseudonym of 16 "
                "letters from a to p."
            )
        # what a build left that was not whole holds the person too
        Swap(database).discard()
        kept = add_forgotten(database, [user])
        counts = forget(user, database) if database.is_file() else {}
    except (CrawlError, SwapError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{user} is in {kept}, and is left out of every build from now on.")
    if counts:
        print(f"{sum(counts.values())} rows of {len(counts)} tables were deleted.")
    else:
        print("No table holds a row of theirs.")
    print(
        "Build again, with the settings of the build before (`dbt build`), so that no "
        "figure counts them; then write the report and the exports again, and delete "
        "the folders target/ and logs/ and older copies. The files of the crawl still "
        "hold the person: delete them there as well."
    )
    return 0
