"""Parquet, read in batches: the form of the generator's large crawls."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.archives import too_much
from refugee_adaptation.crawl.sheets import (
    BATCH_ROWS,
    CrawlError,
    Sheet,
    name_columns,
    number_as_text,
)

MAGIC = b"PAR1"


def open_sheets(source: Path | bytes) -> list[Sheet]:
    """Open a Parquet file.

    Args:
        source: the file, or its content.

    Returns:
        One sheet, whose batches hold text only.

    Raises:
        CrawlError: the file is damaged.
    """
    try:
        # a path goes to the library as UTF-8, which not every path is
        with _opened(source) as file:
            schema = pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise CrawlError("the Parquet file is damaged") from error
    names = name_columns(schema.names)
    return [Sheet(columns=names, encoding="utf-8", arrow=lambda: _batches(source))]


def _batches(source: Path | bytes) -> Iterator[pa.RecordBatch]:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    most = left = max(limits.EXPANDED_BYTES, size * limits.PARQUET_UNFOLDS)
    try:
        with _opened(source) as opened, pq.ParquetFile(opened) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                left -= batch.nbytes
                if left < 0:
                    raise too_much(most)
                names = name_columns(batch.schema.names)
                columns = map(_as_text, names, batch.columns)
                yield pa.RecordBatch.from_arrays(list(columns), names=names)
    except (pa.ArrowException, OSError) as error:
        raise CrawlError("the Parquet file is damaged") from error


def _opened(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _as_text(name: str, column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        # pandas turns a column of integers with a gap into floats, the gap into NaN
        values = column.to_pylist()
        texts = (None if x is None or x != x else number_as_text(x) for x in values)
        return pa.array(list(texts), pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException as error:
        raise CrawlError(f"its column `{name}` holds no plain values") from error
