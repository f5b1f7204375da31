"""Look for what must not be there: in every table of a build, and in files."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from refugee_adaptation.builds import (
    crawl_option,
    database_option,
    quoted,
    text_columns,
)
from refugee_adaptation.crawl.names import Finder
from refugee_adaptation.crawl.reading import read_crawl, withheld_values
from refugee_adaptation.crawl.sheets import CrawlError

_IDS = ("post_id", "user_id", "comment_id")
_ID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{24}(?![0-9a-fA-F])")
_RUN = re.compile(r"[^\s,\"'<>()\[\]]{12,}")
_PATTERNS = {
    "profile link": re.compile(r"/user/profile/[0-9a-f]"),
    "token": re.compile(r"xsec_token=\w"),
    "e-mail": re.compile(r"[\w.%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"),
    "telephone": re.compile(r"(?<![0-9.])1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}\b"),
    "account": re.compile(
        r"(?i)(?:微信|薇信|wechat|\b[vw]x|小红书号|red ?id)(?:号)?[ ]*[:\uff1a=]"
        r"[ ]*[a-z0-9][a-z0-9_.+-]{3,}"
    ),
}
"""What tells a person in whatever crawl; looked for in tables alone."""


class Secrets:
    """What the files of a crawl hold and no table may."""

    def __init__(self, crawl: str | Sequence[str], columns: str | None = None) -> None:
        """Read them.

        Args:
            crawl: the setting of the build.
            columns: the file of the setting `columns`.

        Raises:
            CrawlError: the crawl cannot be read.
        """
        read = read_crawl(crawl, columns)
        self.ids: set[str] = set()
        for entity in ("posts", "comments"):
            table = read.tables[entity]
            for name in _IDS:
                if name in table.column_names:
                    found = pc.unique(table[name]).drop_null().to_pylist()
                    self.ids.update(x for y in found for x in _ID.findall(y.lower()))
        self.runs = {
            run
            for value in withheld_values(crawl, columns)
            for run in _RUN.findall(value)
        }
        self.names = Finder(read.names)

    def kinds(self, text: str) -> Iterator[str]:
        """Yield the kind of every secret in a text, once for each place."""
        for found in _ID.findall(text):
            if found.lower() in self.ids:
                yield "id"
        for run in _RUN.findall(text):
            if run in self.runs:
                yield "withheld value"
        for _ in self.names.find(text):
            yield "name"


def search_tables(database: Path, secrets: Secrets) -> Counter[tuple[str, str]]:
    """Search every column of text of every table.

    Args:
        database: the path of the DuckDB file.
        secrets: of the crawl that was built.

    Returns:
        How often each kind was found, by kind and `schema.table.column`.
    """
    counts: Counter[tuple[str, str]] = Counter()
    with duckdb.connect(str(database), read_only=True) as connection:
        for (schema, table), columns in text_columns(connection).items():
            if schema == "seeds":
                continue
            for column in columns:
                place = f"{schema}.{table}.{column}"
                texts = connection.execute(
                    f"select {quoted(column)}::varchar, count(*) "
                    f"from {quoted(schema, table)} "
                    f"where {quoted(column)} is not null group by 1"
                )
                while rows := texts.fetchmany(10_000):
                    for text, count in rows:
                        kinds = list(secrets.kinds(text))
                        kinds += [x for x, of in _PATTERNS.items() if of.search(text)]
                        for kind in kinds:
                            counts[kind, place] += count
    return counts


def search_files(folders: Sequence[Path], secrets: Secrets) -> Counter[tuple[str, str]]:
    """Search files: those of Parquet by their columns, all others as text.

    Args:
        folders: folders, and files.
        secrets: of the crawl that was built.

    Returns:
        How often each kind was found, by kind and file.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for folder in folders:
        files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for path in files:
            if path.is_file() and path.suffix != ".duckdb":
                counts.update((kind, str(path)) for kind in secrets.kinds(_text(path)))
    return counts


def _text(path: Path) -> str:
    if path.suffix == ".parquet":
        rows = duckdb.read_parquet(str(path)).fetchall()
        return "\n".join(str(value) for row in rows for value in row)
    return path.read_bytes().decode("utf-8", "replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Search, and print what was found by kind and place.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0 when nothing was found, 1 when something was, 2 when the crawl,
        the database or a folder cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation search",
        description="Look for ids, names, links and tokens of a crawl in every table "
        "of its build and in files.",
    )
    crawl_option(parser)
    database_option(parser)
    parser.add_argument(
        "folders", nargs="*", type=Path, help="such as target logs exports report.html"
    )
    options = parser.parse_args(arguments)
    missing = [x for x in (options.db, *options.folders) if not x.exists()]
    if missing:
        print(f"{missing[0]} does not exist.", file=sys.stderr)
        return 2
    try:
        secrets = Secrets(options.crawl, options.columns)
        counts = search_tables(options.db, secrets)
        counts += search_files(options.folders, secrets)
    except (CrawlError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    for (kind, place), count in sorted(counts.items()):
        print(f"{count:>7}  {kind:<15} {place}")
    looked_for = f"{len(secrets.ids)} ids, {len(secrets.runs)} withheld values and "
    looked_for += f"{len(secrets.names.known)} spellings of names"
    print(f"{sum(counts.values())} found; looked for {looked_for}.")
    return 1 if counts else 0
