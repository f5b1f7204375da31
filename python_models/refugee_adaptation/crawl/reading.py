"""Read a whole crawl into Arrow tables of text, one per entity, in fields of ours."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from refugee_adaptation.crawl.archives import open_parts
from refugee_adaptation.crawl.files import (
    DATA_SUFFIXES,
    CrawlFile,
    PassedOver,
    find_files,
)
from refugee_adaptation.crawl.layouts import FIELDS, Layout
from refugee_adaptation.crawl.names import mark_names
from refugee_adaptation.crawl.own_columns import own_layouts
from refugee_adaptation.crawl.registry import EXPECTED, recognise
from refugee_adaptation.crawl.sheets import BATCH_ROWS, CrawlError, Record, Sheet
from refugee_adaptation.wording.messages import message

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

SKIP_VARIABLE = "ADAPTATION_SKIP_UNREADABLE"
"""Environment variable: pass over files that cannot be read, in place of stopping."""

_TELL_AFTER = 10.0
_SYNTHETIC = "https://synthetic.example/"
# the white space of the macro `strip_space`
_SPACE = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"

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
        is_synthetic: whether it was generated: pictures (withheld) of a generated
            crawl, and of no real one, have addresses at `synthetic.example`, a reserved
            name (RFC 2606).
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
        tables: Arrow tables by the name of their dbt source: `files`, `posts` and
            `comments`. All text but `_row_number`; entities that the crawl does not
            hold are empty tables.
        summaries: one per recognised table of a file, in order of file.
        passed_over: what was found in a folder and not read, with the reason.
        names: the spellings of names that are marked in its texts.
    """

    tables: dict[str, pa.Table]
    summaries: list[SheetSummary]
    passed_over: list[PassedOver]
    names: set[str] = field(default_factory=set, repr=False)


def schema_of(entity: str) -> pa.Schema:
    """Build the Arrow schema of an entity's table: its fields, then the five of ours.

    Args:
        entity: posts or comments.

    Returns:
        Its fields and `_source_file`, `_format`, `_captured_at`, `_problem` as text,
        `_row_number` as 64-bit integer, counted from 1 within the table of a file.
    """
    return pa.schema([*((name, pa.string()) for name in FIELDS[entity]), *_EXTRA])


def read_crawl(
    setting: str | Sequence[str],
    columns: str | None = None,
    tell: Callable[[str], object] = lambda _: None,
) -> Crawl:
    """Read a crawl.

    Args:
        setting: a file, a folder, a glob, a list of those, or several joined by the
            system's path separator.
        columns: a YAML file that says what the columns of further sheets are (see
            `own_columns`); blank means the environment variable ADAPTATION_COLUMNS.
        tell: is given a line on how far reading is, from time to time.

    Returns:
        The crawl. No record is left out: one that cannot be read as a row has its
        `_problem`. Names of people, known from its author columns, are marked in its
        texts (see `names`).

    Raises:
        CrawlError: a path does not exist, or a data file cannot be read or is of no
            known export (where ADAPTATION_SKIP_UNREADABLE is set, such a file is passed
            over). The message is one sentence that names the file.
    """
    own = own_layouts(columns)
    files, passed_over = find_files(setting)
    batches: dict[str, list[pa.RecordBatch]] = {entity: [] for entity in FIELDS}
    summaries: list[SheetSummary] = []
    names: set[str] = set()
    told = time.monotonic()
    for place, file in enumerate(files):
        if time.monotonic() - told >= _TELL_AFTER:
            told = time.monotonic()
            rows = sum(summary.row_count for summary in summaries)
            tell(f"Reading: {place:,} of {len(files):,} files, {rows:,} rows so far")
        try:
            # of a file that breaks off nothing is kept
            found = [
                _read_sheet(part, sheet, layout, names)
                for part, sheet, layout in _sheets(file, own)
            ]
        except (CrawlError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            if file.other_platform:
                why = message("skip_other_platform", folder=file.other_platform)
            elif os.environ.get(SKIP_VARIABLE):
                why = message("skip_unreadable", problem=str(reason))
            else:
                raise CrawlError(
                    f"The file `{file.source_file}` of the crawl cannot be read: "
                    f"{reason}; {EXPECTED} ({SKIP_VARIABLE}=1 passes it over)."
                ) from error
            passed_over.append(PassedOver(file.source_file, why))
            continue
        for summary, read in found:
            summaries.append(summary)
            if read:
                batches[summary.entity] += read
    tables = {
        entity: pa.Table.from_batches(batches[entity], schema_of(entity))
        for entity in FIELDS
    }
    masked: set[str] = set()
    marked = mark_names(tables, names, masked)
    files_table = _files_table(summaries)
    return Crawl({"files": files_table, **marked}, summaries, passed_over, masked)


def withheld_values(
    setting: str | Sequence[str], columns: str | None = None
) -> Iterator[str]:
    """Yield what stands in the columns of a crawl that no table has.

    Args:
        setting: as of `read_crawl`.
        columns: as of `read_crawl`.

    Yields:
        Addresses of people, pictures and pages, and tokens.

    Raises:
        CrawlError: a path does not exist, or a data file cannot be read.
    """
    own = own_layouts(columns)
    for file in find_files(setting)[0]:
        for _, sheet, layout in _sheets(file, own):
            if layout is not None:
                for held, _ in _column_batches(sheet, layout):
                    for name in layout.withheld:
                        yield from pc.unique(held[name]).drop_null().to_pylist()


def _sheets(
    file: CrawlFile, own: Sequence[Layout]
) -> Iterator[tuple[CrawlFile, Sheet, Layout | None]]:
    """Yield what is recognised in a file, of an archive in each of its files."""
    is_archive = False
    for name, content in open_parts(file.path, DATA_SUFFIXES):
        is_archive = True
        inner = Path(name or file.path.name)
        part = CrawlFile(
            inner, f"{file.source_file}/{name}" if name else file.source_file
        )
        try:
            for found in recognise(content, own):
                yield part, *found
        except CrawlError as error:
            inside = f"`{name}` in it: " if name else ""
            raise CrawlError(f"{inside}{error}") from error
    if not is_archive:
        for found in recognise(file.path, own):
            yield file, *found


def _read_sheet(
    file: CrawlFile, sheet: Sheet, layout: Layout | None, names: set[str]
) -> tuple[SheetSummary, list[pa.RecordBatch]]:
    """Read a sheet into the fields of its entity, none where no model reads it.

    The names of people in it are added to `names`.
    """
    if layout is None:
        empty = SheetSummary(
            file.source_file, "empty", "none", sheet.encoding, 0, 0, ()
        )
        return empty, []
    read: list[pa.RecordBatch] = []
    count = problem_count = 0
    is_synthetic = False
    for columns, problems in _column_batches(sheet, layout):
        length = len(problems)
        if layout.is_used:
            own = [
                pa.array([file.source_file] * length, pa.string()),
                pa.array(range(count + 1, count + length + 1), pa.int64()),
                pa.array([layout.format] * length, pa.string()),
                pa.array([file.captured_at] * length, pa.string()),
                problems,
            ]
            read.append(
                pa.RecordBatch.from_arrays(
                    [*_fields(layout, columns, length), *own],
                    schema=schema_of(layout.entity),
                )
            )
        count += length
        problem_count += length - problems.null_count
        for name in layout.names:
            # in a row with a problem a value may stand in any column
            named = pc.unique(columns[name].filter(pc.is_null(problems)))
            names.update(named.drop_null().to_pylist())
        is_synthetic |= any(_is_synthetic(columns[name]) for name in layout.withheld)
    known = set(layout.columns)
    summary = SheetSummary(
        source_file=file.source_file,
        format=layout.format,
        entity=layout.entity,
        encoding=sheet.encoding,
        row_count=count,
        problem_count=problem_count,
        unread_columns=[name for name in sheet.columns if name not in known],
        is_synthetic=is_synthetic,
        is_used=layout.is_used,
    )
    return summary, read


def _column_batches(
    sheet: Sheet, layout: Layout
) -> Iterator[tuple[Mapping[str, pa.Array], pa.Array]]:
    """Yield the crawler's columns by name, and the problems, batch by batch."""
    names = layout.columns
    if sheet.arrow is not None and layout.derive is None:
        for batch in sheet.arrow():
            nulls = pa.nulls(len(batch), pa.string())
            held = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield {name: held.get(name, nulls) for name in names}, nulls
        return
    rows: list[list[str | None]] = []
    records = sheet.records() if sheet.arrow is None else _from_arrow(sheet.arrow())
    for record in layout.derive(records) if layout.derive else records:
        rows.append([*map(record.values.get, names), record.problem])
        if len(rows) == BATCH_ROWS:
            yield _transpose(rows, names)
            rows = []
    if rows:
        yield _transpose(rows, names)


def _from_arrow(batches: Iterator[pa.RecordBatch]) -> Iterator[Record]:
    for batch in batches:
        yield from map(Record, batch.to_pylist())


def _transpose(
    rows: list[list[str | None]], names: Sequence[str]
) -> tuple[Mapping[str, pa.Array], pa.Array]:
    *columns, problems = (
        pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)
    )
    return dict(zip(names, columns, strict=True)), problems


def _fields(
    layout: Layout, columns: Mapping[str, pa.Array], length: int
) -> Iterator[pa.Array]:
    """Yield the fields of the entity, in their order."""
    for name in FIELDS[layout.entity]:
        choice = [columns[column] for column in layout.choices.get(name, ())]
        yield (
            reduce(_first_written, choice) if choice else pa.nulls(length, pa.string())
        )


def _first_written(first: pa.Array, second: pa.Array) -> pa.Array:
    """Take the first value of each row, and the second where the first is blank."""
    letters = pc.utf8_length(pc.utf8_trim(first, characters=_SPACE))
    return pc.if_else(pc.fill_null(pc.equal(letters, 0), True), second, first)


def _is_synthetic(column: pa.Array) -> bool:
    return bool(pc.any(pc.starts_with(column, _SYNTHETIC)).as_py())


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
