"""Who a pseudonym is: needs the key and the crawl."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from refugee_adaptation.builds import crawl_option, database_option
from refugee_adaptation.crawl.forgotten import PSEUDONYM
from refugee_adaptation.crawl.keys import key_of_build, pseudonym, user_pseudonym
from refugee_adaptation.crawl.reading import Crawl, read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

USER_ID = re.compile("[0-9a-f]{24}")
HASHED_ID = re.compile("[0-9a-f]{16}")
# as the macro `id_text`: what keeps a spreadsheet from taking an id for a number
_GUARDED = re.compile("""^(?:=?"|=?')?([^"]*)""")


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


def pseudonym_of(written: str, key: str) -> str | None:
    """Make the pseudonym of a user, as a build does.

    Args:
        written: a user id (24 hex digits) or a crawler's own hash of one (16), also
            guarded for a spreadsheet.
        key: the key of the build.

    Returns:
        16 letters from a to p, or None where it is no id of a user.
    """
    guarded = _GUARDED.match(written.strip("\ufeff\u200b\u3000 \t\r\n").lower())
    found = guarded[1] if guarded else ""
    if USER_ID.fullmatch(found):
        return user_pseudonym(found, key)
    return pseudonym(found, key) if HASHED_ID.fullmatch(found) else None


def user_ids(crawl: Crawl) -> Iterator[str]:
    """Yield every user id of a crawl once, as it is written."""
    for entity in ("posts", "comments"):
        yield from pc.unique(crawl.tables[entity]["user_id"]).drop_null().to_pylist()


def who(wanted: str, crawl: Crawl, key: str) -> str | None:
    """Find who a pseudonym is.

    Args:
        wanted: the pseudonym.
        crawl: the crawl that was built.
        key: the key of the build.

    Returns:
        The user id as the crawl has it, or None.
    """
    return next((x for x in user_ids(crawl) if pseudonym_of(x, key) == wanted), None)


def user_number(wanted: str, database: Path) -> int | None:
    """Look up the number that a build gives a user; None where it has none."""
    if not database.is_file():
        return None
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            """
            select table_schema, table_name
            from information_schema.columns
            where table_name = 'int_users__observed' and column_name = 'user_number'
            """
        ).fetchone()
        if not found:
            return None
        numbered = connection.execute(
            f"select user_number from {found[0]}.{found[1]} where user_id = ?", [wanted]
        ).fetchone()
    return numbered[0] if numbered else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Say who a pseudonym is.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0; 1 when the crawl has nobody of this pseudonym; 2 when the key
        or the crawl is not there.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation who",
        description="Say which user of a crawl a pseudonym is. It needs the key of the "
        "build and the files of the crawl.",
    )
    parser.add_argument("pseudonym", help="16 letters from a to p")
    crawl_option(parser)
    database_option(parser)
    options = parser.parse_args(arguments)
    try:
        if not PSEUDONYM.fullmatch(options.pseudonym):
            raise CrawlError(
                f"`{options.pseudonym}` is no pseudonym of 16 letters from a to p."
            )
        key = key_for(options.db)
        found = who(options.pseudonym, read_crawl(options.crawl, options.columns), key)
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 2
    if found is None:
        print(
            f"Nobody in {options.crawl} has the pseudonym {options.pseudonym} with "
            "this key.",
            file=sys.stderr,
        )
        return 1
    number = user_number(options.pseudonym, options.db)
    print(f"user id      {found}")
    print(f"user number  {'none in this build' if number is None else number}")
    return 0
