"""Read a whole crawl into Arrow tables of text, one per format and entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from refugee_adaptation.crawl.files import CrawlFile, find_files
from refugee_adaptation.crawl.layouts import Layout
from refugee_adaptation.crawl.registry import EXPECTED, LAYOUTS, recognise
from refugee_adaptation.crawl.sheets import BATCH_ROWS, CrawlError, Sheet

FILE_COLUMNS = (
    "_source_file",
    "_format",
    "_entity",
    "_encoding",
    "_row_count",
    "_problem_count",
    "_unread_columns",
    "_is_synthetic",
)
"""Columns of the table `files`: one row per recognised table of a file, all text."""

_PICTURES = ("post_image", "avatar")
_SYNTHETIC = "https://synthetic.example/"

_EXTRA = (
    ("_source_file", pa.string()),
    ("_row_number", pa.int64()),
    ("_format", pa.string()),
    ("_captured_at", pa.string()),
    ("_problem", pa.string()),
)


@dataclass(frozen=True)
class SheetSummary:
    """What was recognised in a file.

    Attributes:
        source_file: the file's path below the crawl's root.
        format: the crawler, or `empty`.
        entity: what a row is: posts, comments, creators, or `none`.
        encoding: how bytes became text, with what was lost.
        row_count: records in it, those with a problem included.
        problem_count: records that could not be read as a row.
        unread_columns: columns that no model knows.
        is_synthetic: whether it was generated: pictures of a generated crawl, and of no
            real one, have addresses at `synthetic.example`, a reserved name (RFC 2606).
        is_used: False for a known entity that no model reads.
    """

    source_file: str
    format: str
    entity: str
    encoding: str
    row_count: int
    problem_count: int
    unread_columns: Sequence[str]
    is_synthetic: bool = False
    is_used: bool = True


@dataclass(frozen=True)
class Crawl:
    """A crawl as read.

    Attributes:
        tables: Arrow tables by the name of their dbt source (`files`,
            `study_posts` …). All text but `_row_number`; formats that the crawl does
            not hold are empty tables.
        summaries: one per recognised table of a file, in order of file.
        skipped: files passed over because they are plainly no data.
    """

    tables: dict[str, pa.Table]
    summaries: list[SheetSummary]
    skipped: list[str]


def schema_of(layout: Layout) -> pa.Schema:
    """Build the Arrow schema of a layout's table: its columns, then the five of ours.

    Args:
        layout: the layout.

    Returns:
        Its columns and `_source_file`, `_format`, `_captured_at`, `_problem` as text,
        `_row_number` as 64-bit integer, counted from 1 within the table.
    """
    return pa.schema([*((name, pa.string()) for name in layout.columns), *_EXTRA])


def read_crawl(setting: str | Sequence[str]) -> Crawl:
    """Read a crawl.

    Args:
        setting: a file, a folder, a glob, a list of those, or several joined by the
            system's path separator.

    Returns:
        The crawl. No record is left out: one that cannot be read as a row has its
        `_problem`.

    Raises:
        CrawlError: a path does not exist, or a data file cannot be read or is of no
            known export. The message is one sentence that names the file.
    """
    files, skipped = find_files(setting)
    batches: dict[str, list[pa.RecordBatch]] = {layout.source: [] for layout in LAYOUTS}
    summaries: list[SheetSummary] = []
    for file in files:
        try:
            for sheet, layout in recognise(file.path):
                if layout is None:
                    summaries.append(
                        SheetSummary(
                            file.source_file, "empty", "none", sheet.encoding, 0, 0, ()
                        )
                    )
                    continue
                read = list(_read_sheet(file, sheet, layout))
                summaries.append(_summarise(file, sheet, layout, read))
                batches[layout.source] += read
        except (CrawlError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise CrawlError(
                f"The file `{file.source_file}` of the crawl cannot be read: {reason}; "
                f"{EXPECTED}."
            ) from error
    tables = {
        layout.source: pa.Table.from_batches(
            batches[layout.source], schema_of(layout)
        ).drop_columns([name for name in layout.columns if name in layout.withheld])
        for layout in LAYOUTS
        if layout.is_used
    }
    return Crawl(
        {"files": _files_table(summaries), **tables},
        summaries,
        skipped,
    )


def _read_sheet(
    file: CrawlFile, sheet: Sheet, layout: Layout
) -> Iterator[pa.RecordBatch]:
    schema = schema_of(layout)
    count = 0
    for columns, problems in _column_batches(sheet, layout):
        length = len(problems)
        own = [
            pa.array([file.source_file] * length, pa.string()),
            pa.array(range(count + 1, count + length + 1), pa.int64()),
            pa.array([layout.format] * length, pa.string()),
            pa.array([file.captured_at] * length, pa.string()),
            problems,
        ]
        count += length
        yield pa.RecordBatch.from_arrays([*columns, *own], schema=schema)


def _column_batches(
    sheet: Sheet, layout: Layout
) -> Iterator[tuple[list[pa.Array], pa.Array]]:
    """Yield the layout's columns in its order, and the problems, batch by batch."""
    # the name in the file of each column of the layout
    aliases = {name: layout.aliases.get(name, name) for name in sheet.columns}
    written = {to: name for name, to in aliases.items() if to not in sheet.columns}
    names = [written.get(name, name) for name in layout.columns]
    if sheet.arrow is not None:
        for batch in sheet.arrow():
            held = dict(zip(batch.schema.names, batch.columns, strict=True))
            nulls = pa.nulls(len(batch), pa.string())
            yield [held.get(name, nulls) for name in names], nulls
        return
    rows: list[list[str | None]] = []
    for record in sheet.records():
        rows.append([*map(record.values.get, names), record.problem])
        if len(rows) == BATCH_ROWS:
            yield _transpose(rows)
            rows = []
    if rows:
        yield _transpose(rows)


def _transpose(rows: list[list[str | None]]) -> tuple[list[pa.Array], pa.Array]:
    *columns, problems = (
        pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)
    )
    return columns, problems


def _summarise(
    file: CrawlFile, sheet: Sheet, layout: Layout, read: Sequence[pa.RecordBatch]
) -> SheetSummary:
    known = {*layout.columns, *layout.aliases, *layout.ignored}
    rows = sum(len(batch) for batch in read)
    clean = sum(batch.column("_problem").null_count for batch in read)
    return SheetSummary(
        source_file=file.source_file,
        format=layout.format,
        entity=layout.entity,
        encoding=sheet.encoding,
        row_count=rows,
        problem_count=rows - clean,
        unread_columns=[name for name in sheet.columns if name not in known],
        is_synthetic=any(map(_is_synthetic, read)),
        is_used=layout.is_used,
    )


def _is_synthetic(batch: pa.RecordBatch) -> bool:
    held = [name for name in _PICTURES if name in batch.schema.names]
    return any(
        pc.any(pc.starts_with(batch.column(name), _SYNTHETIC)).as_py() or False
        for name in held
    )


def _files_table(summaries: Sequence[SheetSummary]) -> pa.Table:
    rows = [
        (
            summary.source_file,
            summary.format,
            summary.entity,
            summary.encoding,
            str(summary.row_count),
            str(summary.problem_count),
            ", ".join(summary.unread_columns) or None,
            str(summary.is_synthetic).lower(),
        )
        for summary in summaries
    ]
    return pa.table(
        {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(FILE_COLUMNS)
        }
    )
