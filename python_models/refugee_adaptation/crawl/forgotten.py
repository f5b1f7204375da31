"""Who is to be forgotten: a list of pseudonyms beside the database, honoured by builds.

The rows of these people are rejected when they are read, whatever crawl they come in
(the macro `protect_ids`). The list holds no id: with another key it says nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from refugee_adaptation.crawl.sheets import CrawlError

if TYPE_CHECKING:
    import duckdb

PSEUDONYM = re.compile("[a-p]{16}")


def list_of(database: Path | str) -> Path:
    """Where the list of a database stands.

    Args:
        database: the path of the DuckDB file.

    Returns:
        The path of the list, beside it; there is none before somebody is forgotten.
    """
    return Path(f"{database}.forgotten").expanduser()


def forgotten_users(database: Path | str) -> list[str]:
    """Read who is to be forgotten.

    Args:
        database: the path of the DuckDB file, or `:memory:`.

    Returns:
        Pseudonyms.

    Raises:
        CrawlError: the list cannot be read, or a line of it is no pseudonym. Nobody is
            built into the tables because a list is damaged.
    """
    path = list_of(database)
    if not path.exists():
        return []
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise CrawlError(
            f"The list of the forgotten `{path}` cannot be read."
        ) from error
    wrong = [number for number, x in enumerate(lines, 1) if not PSEUDONYM.fullmatch(x)]
    if wrong:
        raise CrawlError(
            f"The list of the forgotten `{path}` is damaged: entry {wrong[0]} is no "
            "pseudonym of 16 letters from a to p."
        )
    return lines


def add_forgotten(database: Path | str, users: Iterable[str]) -> Path:
    """Add people to the list.

    Args:
        database: the path of the DuckDB file.
        users: pseudonyms.

    Returns:
        The path of the list, which only its owner may read.

    Raises:
        CrawlError: the list is damaged.
        OSError: it cannot be written.
    """
    path = list_of(database)
    known = dict.fromkeys([*forgotten_users(database), *users])
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(f"{user}\n" for user in known))
    path.chmod(0o600)
    return path


def set_forgotten(connection: duckdb.DuckDBPyConnection, users: list[str]) -> None:
    """Let the macro `protect_ids` know on a connection who is to be forgotten.

    Args:
        connection: its session variable `forgotten_users` is set.
        users: pseudonyms.
    """
    connection.execute("set variable forgotten_users = ?::varchar[]", [users])
