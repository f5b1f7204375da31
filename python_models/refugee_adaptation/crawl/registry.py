"""Every layout and file kind that can be read, and how a file is recognised.

Recognition looks at the content: the first bytes tell the file kind, the columns
tell the crawler. Suffixes only tell which files of a folder or glob are data.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from refugee_adaptation.crawl import (
    csv_files,
    json_files,
    limits,
    mediacrawler,
    parquet_files,
    sqlite_files,
    study,
    xhs_downloader,
)
from refugee_adaptation.crawl.decoding import decode
from refugee_adaptation.crawl.layouts import Layout
from refugee_adaptation.crawl.sheets import CrawlError, Sheet

# a crawler that can be read is a module here
CRAWLERS = (study, mediacrawler, xhs_downloader)

LAYOUTS: tuple[Layout, ...] = tuple(x for crawler in CRAWLERS for x in crawler.LAYOUTS)


def formats() -> dict[str, list[str]]:
    """Tell what is read: by format, its entities that models use."""
    found: dict[str, list[str]] = {}
    for layout in LAYOUTS:
        if layout.is_used:
            found.setdefault(layout.format, []).append(layout.entity)
    return found


EXPECTED = "expected a CSV, JSON, JSONL, Parquet or SQLite file of " + ", ".join(
    f"{name} ({', '.join(of)})" for name, of in formats().items()
)


def find_layout(columns: Collection[str], table_name: str | None) -> Layout | None:
    """Find the layout of a sheet, or None when it is nobody's."""
    return next((x for x in LAYOUTS if x.matches(columns, table_name)), None)


def open_sheets(path: Path) -> list[Sheet]:
    """Open a file as the kind that its first bytes say.

    Raises:
        CrawlError: the file is of no kind that can be read, or is damaged.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(sqlite_files.MAGIC):
        return sqlite_files.open_sheets(path)
    if head.startswith(parquet_files.MAGIC):
        return parquet_files.open_sheets(path)
    if head.startswith(b"PK\x03\x04"):
        raise CrawlError("it is a workbook or ZIP archive")
    if path.stat().st_size > limits.TEXT_BYTES:
        raise CrawlError(f"it is larger than {limits.TEXT_BYTES:,} bytes of text")
    text, encoding = decode(path.read_bytes())
    if "\x00" in text[:16]:
        raise CrawlError("it is no text file")
    start = text.lstrip()[:1]
    if not start:
        return [Sheet(columns=(), encoding="none", is_empty=True)]
    if start in "[{":
        return json_files.open_sheets(text, encoding)
    return csv_files.open_sheets(text, encoding, find_layout)


def recognise(path: Path) -> list[tuple[Sheet, Layout | None]]:
    """Find what a file holds: its sheets, each with its layout.

    Args:
        path: the file.

    Returns:
        One pair per recognised sheet; the layout is None for an empty file. Sheets
        of a database that belong to nobody are left out.

    Raises:
        CrawlError: nothing in the file is recognised, or it cannot be read.
    """
    found: list[tuple[Sheet, Layout | None]] = []
    sheets = open_sheets(path)
    for sheet in sheets:
        if sheet.is_empty:
            found.append((sheet, None))
            continue
        layout = find_layout(sheet.columns, sheet.name)
        if layout is not None:
            found.append((sheet, layout))
    if not found:
        names = {name for sheet in sheets for name in sheet.columns}
        raise CrawlError(f"its columns are those of no known export{_nearest(names)}")
    return found


def _nearest(columns: Collection[str]) -> str:
    """Say what is missing for the layout that shares most required columns."""
    missing = {
        layout: sorted(set(layout.required) - set(columns)) for layout in LAYOUTS
    }
    layout = min(LAYOUTS, key=lambda x: len(missing[x]) / len(x.required))
    if not missing[layout] or len(missing[layout]) > len(layout.required) / 2:
        return ""
    return (
        f" (nearest to {layout.format} {layout.entity}, but without "
        f"{', '.join(missing[layout])})"
    )
