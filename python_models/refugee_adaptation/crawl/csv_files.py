"""CSV as crawlers write it: appended to, re-saved, cut off, with a title above it."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.sheets import CrawlError, Record, Sheet, name_columns
from refugee_adaptation.wording.messages import message

if TYPE_CHECKING:
    from refugee_adaptation.crawl.layouts import Layout

_DELIMITERS = ",;\t"


class _TooLongError(Exception):
    """A line is longer than any crawler's."""


class _Lines:
    """The lines of a text, with their ends, and a position that may be set back."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position
        self._end = "\n" if "\n" in text else "\r"
        self._counted = (0, 1)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        start = self.position
        if start >= len(self.text):
            raise StopIteration
        self.position = self.text.find(self._end, start) + 1 or len(self.text)
        if self.position - start > limits.LINE_CHARACTERS:
            raise _TooLongError
        return self.text[start : self.position]

    def number(self, position: int) -> int:
        """Count the line at a position; positions must not become smaller."""
        since, number = self._counted
        number += self.text.count(self._end, since, position)
        self._counted = (position, number)
        return number


def open_sheets(
    text: str,
    encoding: str,
    find_layout: Callable[[Collection[str], str | None], Layout | None],
) -> list[Sheet]:
    """Open the text of a CSV file.

    The header is the first of the upper lines that is recognised, with comma, semicolon
    or tab between its names: a title, or `sep=;`, may stand above it.

    Args:
        text: the whole file.
        encoding: how it was decoded, carried along.
        find_layout: recognises columns.

    Returns:
        One sheet. Of two columns of one name the second is named `name (2)`.

    Raises:
        CrawlError: the header is longer than any crawler's.
    """
    upper = list(_upper_lines(text))
    if not upper:
        raise CrawlError(
            f"its first line is longer than {limits.LINE_CHARACTERS:,} characters"
        )
    start, delimiter = next(
        (
            (after, delimiter)
            for delimiter in _DELIMITERS
            for after, line in upper
            if find_layout(name_columns(_alone(line, delimiter) or []), None)
        ),
        (None, ""),
    )
    if start is None:
        first = upper[0][1]
        start = upper[0][0]
        delimiter = max(_DELIMITERS, key=lambda x: len(_alone(first, x) or []))
    header = _alone(dict(upper)[start], delimiter) or []
    return [
        Sheet(
            columns=name_columns(header),
            encoding=encoding,
            records=lambda: _records(text, start, delimiter, header),
        )
    ]


def _upper_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the upper lines that are not blank, each with where it ends."""
    lines = _Lines(text)
    with contextlib.suppress(_TooLongError):
        for _, line in zip(range(limits.HEADER_LINES), lines, strict=False):
            if line.strip("\ufeff \t\r\n,;"):
                yield lines.position, line


def _alone(line: str, delimiter: str) -> list[str] | None:
    """Read a line for itself; None where a quote in it stays open."""
    reader = csv.reader([line, "\n"], delimiter=delimiter)
    try:
        row = next(reader, [])
    except csv.Error:
        return None
    if reader.line_num > 1:
        return None
    return row


def _rows(
    lines: _Lines, delimiter: str, width: Sequence[int]
) -> Iterator[tuple[list[str], str | None]]:
    """Yield rows, each with its problem or None, and read on behind every fault.

    A quote was left open where the row ends with the file, or exceeds the longest
    field, or where something follows the closing quote of a row of several lines and
    one of these lines is a whole row of its own or opens a quote. Then its first line
    is a row with a problem, and reading goes on in the line after it. `width` holds the
    number of columns, and follows the header.
    """
    csv.field_size_limit(limits.FIELD_CHARACTERS)
    in_vain = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start, before = lines.position, reader.line_num
        is_open = is_odd = False
        row: list[str] | None = []
        try:
            if in_vain > limits.FAULTY_CHARACTERS:
                row = _alone(next(lines), delimiter)
                is_open = row is None
            else:
                row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_odd = "expected after" in str(error)
            is_open = not is_odd
        except _TooLongError:
            is_open = True
        if is_odd:
            # something follows a closing quote; many tools write so, and most readers
            # take it
            lines.position = start
            reader = csv.reader(lines, delimiter=delimiter)
            before = 0
            try:
                row = next(reader)
            except (csv.Error, _TooLongError):
                is_open = True
        several = reader.line_num - before > 1
        if is_odd and not is_open and several:
            own = list(_Lines(lines.text[start : lines.position]))[1:]
            is_open = any(
                len(_alone(line, delimiter) or []) == width[0]
                # that quote opens a field; it closes none
                or re.search(rf'(^|{delimiter})"[^"{delimiter}\r\n]', line)
                for line in own
            )
        if not is_open:
            yield row or [], None
            if is_odd:
                reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        in_vain += lines.position - start
        number = lines.number(start)
        lines.position = start
        try:
            row = _alone(next(lines), delimiter)
            if row is None:
                yield [], message("read_open_quote", line=number)
            else:
                yield row, None
        except _TooLongError:
            longest = limits.LINE_CHARACTERS
            yield [], message("read_long_line", line=number, longest=longest)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)


def _records(
    text: str, start: int, delimiter: str, header: Sequence[str]
) -> Iterator[Record]:
    names = name_columns(header)
    known, width = set(header), [len(names)]
    for row, problem in _rows(_Lines(text, start), delimiter, width):
        if problem:
            yield Record({}, problem)
            continue
        if row:
            row[0] = row[0].removeprefix("\ufeff")
        if not any(map(str.strip, row)):
            continue
        # a file appended to, or joined from several, may repeat its header, even with
        # the columns of a newer version; what follows it has those columns
        shared = len(known.intersection(row))
        if row == header or (len(row) > 2 and shared > len(known) / 2):
            header, names, known = row, name_columns(row), set(row)
            width[0] = len(names)
            yield Record({}, message("read_repeated_header"))
            continue
        if len(row) != len(names):
            # which field belongs to which column is unknown: a user's name or id would
            # pass as a count or a place, so no field is given a name
            problem = message("read_length", fields=len(row), names=len(names))
            yield Record({}, problem)
            continue
        yield Record(dict(zip(names, row, strict=True)))
