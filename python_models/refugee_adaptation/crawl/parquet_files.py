"""Parquet, read in batches: the form of the generator's large crawls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from refugee_adaptation.crawl.sheets import BATCH_ROWS, CrawlError, Sheet

MAGIC = b"PAR1"


def open_sheets(path: Path) -> list[Sheet]:
    """Open a Parquet file.

    Args:
        path: the file.

    Returns:
        One sheet, whose batches hold text only.

    Raises:
        CrawlError: the file is damaged.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise CrawlError("the Parquet file is damaged") from error
    return [Sheet(columns=schema.names, encoding=None, arrow=lambda: _batches(path))]


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                columns = [_as_text(column) for column in batch.columns]
                yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    except (pa.ArrowException, OSError) as error:
        raise CrawlError("the Parquet file is damaged") from error


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        # pandas turns a column of integers with a gap into floats
        whole = pc.equal(pc.round(column), column)
        if pc.all(whole).as_py() is not False:
            column = column.cast(pa.int64(), safe=False)
    return column.cast(pa.string())
