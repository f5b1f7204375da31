"""Every layout and file kind that can be read, and how a file is recognised.

Recognition looks at the content: the first bytes tell the file kind, the columns
tell the crawler. Suffixes only tell which files of a folder or glob are data.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from refugee_adaptation.crawl import (
    archives,
    comment_sheets,
    csv_files,
    fourcat,
    json_files,
    limits,
    mediacrawler,
    parquet_files,
    spider_xhs,
    sqlite_files,
    study,
    workbook_files,
    xhs_downloader,
    xiaohongshu_mcp,
    zeeschuimer,
)
from refugee_adaptation.crawl.decoding import decode
from refugee_adaptation.crawl.layouts import FIELDS, Layout
from refugee_adaptation.crawl.sheets import CrawlError, Sheet

# a crawler that can be read is a module here
CRAWLERS = (
    study,
    mediacrawler,
    xhs_downloader,
    spider_xhs,
    zeeschuimer,
    fourcat,
    xiaohongshu_mcp,
    comment_sheets,
)

LAYOUTS: tuple[Layout, ...] = tuple(x for crawler in CRAWLERS for x in crawler.LAYOUTS)
NESTED = tuple(layout for layout in LAYOUTS if layout.within)


def formats() -> dict[str, list[str]]:
    """Tell what is read: by format, its entities that models use."""
    found: dict[str, list[str]] = {}
    for layout in LAYOUTS:
        if layout.is_used and layout.entity not in found.setdefault(layout.format, []):
            found[layout.format].append(layout.entity)
    return found


def fields_table() -> str:
    """Write which field each format has, as a table in Markdown (docs/formats.md)."""
    lines = []
    for entity, names in FIELDS.items():
        # a format's layouts of one entity have the same fields
        layouts = {x.format: x for x in LAYOUTS if x.entity == entity}.values()
        lines += ["", f"| {entity} | " + " | ".join(x.format for x in layouts) + " |"]
        lines.append("|---" * (len(layouts) + 1) + "|")
        lines += [
            f"| `{name}` | " + " | ".join(x.holds(name) for x in layouts) + " |"
            for name in names
        ]
    return "\n".join(lines[1:]) + "\n"


EXPECTED = "expected a CSV, JSON, JSONL, Parquet, SQLite or XLSX file of " + ", ".join(
    f"{name} ({', '.join(of)})" for name, of in formats().items()
)


def find_layout(
    columns: Collection[str],
    table_name: str | None,
    own: Sequence[Layout] = (),
) -> Layout | None:
    """Find the layout of a sheet, the user's own first; None when it is nobody's."""
    theirs = next((x for x in own if x.matches(columns)), None)
    return theirs or next((x for x in LAYOUTS if x.matches(columns, table_name)), None)


def open_sheets(source: Path | bytes, own: Sequence[Layout] = ()) -> list[Sheet]:
    """Open a file, or the content of one, as the kind that its first bytes say.

    Args:
        source: the file, or its content.
        own: layouts of the user.

    Returns:
        Its sheets.

    Raises:
        CrawlError: the file is of no kind that can be read, or is damaged.
    """
    find = partial(find_layout, own=own)
    if isinstance(source, bytes):
        head, size = source[:16], len(source)
    else:
        size = source.stat().st_size
        with source.open("rb") as file:
            head = file.read(16)
    if head.startswith(sqlite_files.MAGIC):
        return sqlite_files.open_sheets(source)
    if head.startswith(parquet_files.MAGIC):
        return parquet_files.open_sheets(source)
    if head.startswith((archives.ZIP, archives.GZIP)):
        if isinstance(source, Path) or b"xl/workbook.xml" not in source:
            raise CrawlError("it is an archive in an archive")
        return workbook_files.open_sheets(source, find)
    if size > limits.TEXT_BYTES:
        raise CrawlError(f"it is larger than {limits.TEXT_BYTES:,} bytes of text")
    text, encoding = decode(
        source if isinstance(source, bytes) else source.read_bytes()
    )
    if "\x00" in text[:16]:
        raise CrawlError("it is no text file")
    start = text.lstrip()[:1]
    if not start:
        return [Sheet(columns=(), encoding="none", is_empty=True)]
    if start in "[{":
        return json_files.open_sheets(text, encoding, find, NESTED)
    return csv_files.open_sheets(text, encoding, find)


def recognise(
    source: Path | bytes, own: Sequence[Layout] = ()
) -> list[tuple[Sheet, Layout | None]]:
    """Find what a file holds: its sheets, each with its layout.

    Args:
        source: the file, or its content.
        own: layouts of the user (the setting `columns`).

    Returns:
        One pair per recognised sheet; the layout is None for an empty file. Sheets
        of a database that belong to nobody are left out.

    Raises:
        CrawlError: nothing in the file is recognised, or it cannot be read.
    """
    found: list[tuple[Sheet, Layout | None]] = []
    sheets = open_sheets(source, own)
    for sheet in sheets:
        if sheet.is_empty:
            found.append((sheet, None))
            continue
        layout = find_layout(sheet.columns, sheet.name, own)
        if layout is not None:
            found.append((sheet, layout))
    if not found:
        names = {name for sheet in sheets for name in sheet.columns}
        raise CrawlError(f"its columns are those of no known export{_nearest(names)}")
    return found


def _nearest(columns: Collection[str]) -> str:
    """Say which layout is nearest, which of its columns are there and which are not."""
    names = set(columns)
    needed = {
        layout: min(
            ({*layout.required, *more} for more in layout.any_of or ((),)),
            key=lambda of: len(of - names) / len(of),
        )
        for layout in LAYOUTS
    }
    layout = min(LAYOUTS, key=lambda x: len(needed[x] - names) / len(needed[x]))
    there = sorted(needed[layout] & names)
    missing = sorted(needed[layout] - names)
    if not there or not missing:
        return " (the setting `columns` can say what is what)"
    return (
        f" (nearest to {layout.format} {layout.entity}: it has {', '.join(there)}, but "
        f"not {', '.join(missing)}; the setting `columns` can say what is what)"
    )
