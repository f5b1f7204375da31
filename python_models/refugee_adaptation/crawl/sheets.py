"""What every reader hands on: a sheet of text records, and the error it raises.

A *sheet* is one table found in a file: the whole of a CSV or JSON file, or one
table of a database. Readers of file kinds (CSV, JSON, SQLite, Parquet) make
sheets and know nothing of crawlers; layouts of crawlers (see `layouts`) name the
columns and know nothing of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from refugee_adaptation.crawl.layouts import Layout

BATCH_ROWS = 50_000
"""Rows turned into Arrow at a time: bounds the memory of Python objects."""


class CrawlError(Exception):
    """The crawl cannot be read; the message is one sentence for the user."""


@dataclass(frozen=True)
class Record:
    """One record as text.

    Attributes:
        values: column name to text; None is the format's own null.
        problem: why the record could not be read as a row, a message (see
            `wording.messages`), or None.
        layout: of a record inside another, the layout that says where it stands.
    """

    values: Mapping[str, str | None]
    problem: str | None = None
    layout: Layout | None = None


@dataclass(frozen=True)
class Sheet:
    """One table found in a file.

    Attributes:
        columns: names as written, in order of first appearance.
        encoding: how the bytes became text, with what was lost; `none` when there
            are none.
        records: starts a fresh pass over the records, in file order.
        name: the table's name in a database, else None.
        arrow: starts a fresh pass over Arrow batches instead of `records`, for
            columnar files.
        is_empty: True when the file holds no record and no header at all.
    """

    columns: Sequence[str]
    encoding: str
    records: Callable[[], Iterator[Record]] = field(default=lambda: iter(()))
    name: str | None = None
    arrow: Callable[[], Iterator[pa.RecordBatch]] | None = None
    is_empty: bool = False


def name_columns(header: Iterable[str]) -> list[str]:
    """Name every column once: a second one of a name becomes `name (2)`.

    Args:
        header: the names as written.

    Returns:
        Names without white space and byte order marks around them.
    """
    counts: dict[str, int] = {}
    names = []
    for written in header:
        name = written.strip("\ufeff \t\r\n")
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names


def as_text(text: str) -> str:
    """Make text encodable: a lone half of a surrogate pair becomes U+FFFD.

    JSON may hold such halves (an emoji cut in two); no UTF-8 column can.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def number_as_text(value: float) -> str:
    """Write a number without changing what it says; 7.0 stands for the integer 7."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
