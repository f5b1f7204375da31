"""Workbooks (XLSX) of crawlers: a sheet an entity, a header row, a row a record."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import python_calamine

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.sheets import (
    CrawlError,
    Record,
    Sheet,
    as_text,
    name_columns,
    number_as_text,
)

if TYPE_CHECKING:
    from refugee_adaptation.crawl.layouts import Layout


def open_sheets(
    content: bytes,
    find_layout: Callable[[Collection[str], str | None], Layout | None],
) -> list[Sheet]:
    """Open every sheet of a workbook.

    Args:
        content: the file, whose unfolded size was checked (see `archives`).
        find_layout: recognises columns, to find the header below a title.

    Returns:
        One sheet per sheet with a cell in it; an empty one where there is none.

    Raises:
        CrawlError: the workbook is damaged or locked.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            _sheet(book.get_sheet_by_name(name), find_layout)
            for name in book.sheet_names
        ]
    except (python_calamine.CalamineError, ValueError) as error:
        raise CrawlError("the workbook is damaged or locked") from error
    found = [sheet for sheet in sheets if sheet is not None]
    return found or [Sheet(columns=(), encoding="none", is_empty=True)]


def _sheet(
    sheet: python_calamine.CalamineSheet,
    find_layout: Callable[[Collection[str], str | None], Layout | None],
) -> Sheet | None:
    upper = [list(map(_text, row)) for row in islice(_rows(sheet), limits.HEADER_LINES)]
    written = [place for place, row in enumerate(upper) if any(row)]
    if not written:
        return None
    header = next(
        (x for x in written if find_layout(name_columns(map(_name, upper[x])), None)),
        written[0],
    )
    columns = name_columns(map(_name, upper[header]))
    return Sheet(
        columns=columns,
        encoding="utf-8",
        records=lambda: _records(sheet, header, columns),
    )


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[list[Any]]:
    return iter(sheet.iter_rows())


def _records(
    sheet: python_calamine.CalamineSheet, header: int, columns: list[str]
) -> Iterator[Record]:
    for row in islice(_rows(sheet), header + 1, None):
        texts = list(map(_text, row))
        if any(text and text.strip() for text in texts):
            yield Record(dict(zip(columns, texts, strict=False)))


def _name(cell: str | None) -> str:
    return cell or ""


def _text(cell: object) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_as_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return as_text(str(cell))
