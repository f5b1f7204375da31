"""CSV as crawlers write it: any of three encodings, appended to, re-saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from refugee_adaptation.crawl.sheets import Record, Sheet
from refugee_adaptation.wording.messages import message

if TYPE_CHECKING:
    from refugee_adaptation.crawl.layouts import Layout

# a field may hold the whole text of a post; the library's limit is 128 KiB
csv.field_size_limit(2**31 - 1)

_DELIMITERS = ",;\t"
_BROKEN_SHARE = 0.01
"""UTF-8 with no more than this share of broken characters is UTF-8, cut or damaged.
GB18030 read as UTF-8 breaks at nearly every Chinese character."""


def decode(raw: bytes) -> tuple[str, str]:
    """Turn bytes into text by evidence.

    A byte order mark decides; else strict UTF-8 is tried; else UTF-8 with a few
    broken characters against GB18030.

    Args:
        raw: the whole file.

    Returns:
        The text without its byte order mark, and the name of the encoding with the
        number of characters that were lost, if any.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _replacing(raw, "utf-16")
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    text, note = _replacing(raw, "utf-8-sig")
    foreign = sum(not character.isascii() for character in text)
    if _count_lost(text) <= max(1, _BROKEN_SHARE * foreign) and foreign > 1:
        return text, note.replace("utf-8-sig", "utf-8")
    return _replacing(raw, "gb18030")


def _count_lost(text: str) -> int:
    return text.count("\ufffd")


def _replacing(raw: bytes, encoding: str) -> tuple[str, str]:
    text = raw.decode(encoding, errors="replace")
    lost = _count_lost(text)
    return text, f"{encoding}, {lost} characters lost" if lost else encoding


def open_sheets(
    text: str,
    encoding: str,
    find_layout: Callable[[Collection[str], str | None], Layout | None],
) -> list[Sheet]:
    """Open the text of a CSV file.

    The delimiter is the one of comma, semicolon and tab whose header is recognised.

    Args:
        text: the whole file.
        encoding: how it was decoded, carried along.
        find_layout: recognises columns.

    Returns:
        One sheet.
    """
    for delimiter in _DELIMITERS:
        header = next(_rows(text, delimiter), [])
        if find_layout(header, None) is not None:
            break
    else:
        delimiter = ","
        header = next(_rows(text, delimiter), [])
    return [
        Sheet(
            columns=header,
            encoding=encoding,
            records=lambda: _records(text, delimiter),
        )
    ]


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if row:
            row[0] = row[0].removeprefix("\ufeff")
            yield row


def _records(text: str, delimiter: str) -> Iterator[Record]:
    rows = _rows(text, delimiter)
    header = next(rows, [])
    names = set(header)
    for row in rows:
        # a file appended to, or joined from several, may repeat its header, even with
        # the columns of a newer version; what follows it has those columns
        if row == header or (len(row) > 2 and len(names & set(row)) > len(names) / 2):
            header = row
            yield Record({}, message("read_repeated_header"))
            continue
        if len(row) != len(header):
            # which field belongs to which column is unknown: a user's name or id would
            # pass as a count or a place, so no field is given a name
            problem = message("read_length", fields=len(row), names=len(header))
            yield Record({}, problem)
            continue
        yield Record(dict(zip(header, row, strict=True)))
