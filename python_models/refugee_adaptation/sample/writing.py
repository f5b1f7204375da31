"""Write a sample to files: CSV for the bundled seeds, Parquet for benchmarks."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from refugee_adaptation.sample.generator import Sample, build
from refugee_adaptation.sample.settings import Settings

BATCH = 50_000
_TRUTH = ("users", "posts", "adoptions", "broken", "words", "tags")
_FILE_NAMES = {"broken": "broken_rows", "words": "topic_words", "tags": "hashtags"}


def batches(settings: Settings) -> Iterator[Sample]:
    """Generate a sample in batches of at most 50,000 posts, one in memory at a time.

    Batches are independent sub-crawls with the same plan and other people.
    """
    for number, start in enumerate(range(0, settings.posts, BATCH)):
        yield build(settings, min(BATCH, settings.posts - start), number)


def csv_text(frame: pd.DataFrame, malformed: dict[int, str] | None = None) -> str:
    """Write a frame as CSV text with line feeds as line ends.

    Args:
        frame: Text columns; missing values become empty fields.
        malformed: Rows (0-based) to be written with too few or too many fields.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    rows = frame.astype(object).where(frame.notna(), "")
    for number, row in enumerate(rows.itertuples(index=False, name=None)):
        fields = [str(field) for field in row]
        kind = (malformed or {}).get(number)
        if kind == "too_few_fields":
            fields = fields[:-3]
        elif kind == "too_many_fields":
            fields.insert(2, "a stray field")
        writer.writerow(fields)
    return out.getvalue()


def _malformed(sample: Sample) -> dict[int, str]:
    broken = sample.broken_truth
    rows = broken[broken["kind"].str.contains("fields") & (broken["entity"] == "posts")]
    return {
        int(row) - 1: str(kind)
        for row, kind in zip(rows["row_number"], rows["kind"], strict=True)
    }


def write_csv(sample: Sample, out: Path) -> list[Path]:
    """Write the crawl to `out/sample` and its truth to `out/sample_truth`.

    The files are UTF-8; the crawl carries a byte order mark, as the real one does.

    Returns:
        The files written.
    """
    crawl, truth = out / "sample", out / "sample_truth"
    crawl.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    files = {
        crawl / "posts.csv": "\ufeff" + csv_text(sample.posts, _malformed(sample)),
    }
    if len(sample.comments):
        files[crawl / "comments.csv"] = "\ufeff" + csv_text(sample.comments)
    for name in _TRUTH:
        frame = getattr(sample, f"{name}_truth")
        files[truth / f"{_FILE_NAMES.get(name, name)}.csv"] = csv_text(frame)
    for path, text in files.items():
        path.write_bytes(text.encode("utf-8"))
    if not len(sample.comments):
        (crawl / "comments.csv").unlink(missing_ok=True)
    return list(files)


def write_parquet(
    settings: Settings, out: Path, *, progress: bool = True
) -> list[Path]:
    """Write a sample of any size as Parquet, one row group per batch.

    Rows with a wrong number of fields cannot exist in Parquet and are left out.

    Returns:
        The files written.
    """
    crawl, truth = out / "sample", out / "sample_truth"
    crawl.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    tables: dict[Path, pq.ParquetWriter] = {}
    done = 0
    try:
        for sample in batches(settings):
            bad = sorted(_malformed(sample))
            posts = sample.posts.drop(index=bad)
            parts: Sequence[tuple[Path, pd.DataFrame]] = (
                (crawl / "posts.parquet", posts),
                (crawl / "comments.parquet", sample.comments),
                (truth / "users.parquet", sample.users_truth),
                (truth / "posts.parquet", sample.posts_truth),
                (truth / "adoptions.parquet", sample.adoptions_truth),
            )
            for path, frame in parts:
                if path.name == "comments.parquet" and not settings.comments:
                    continue
                known = tables.get(path)
                table = pa.Table.from_pandas(
                    frame, schema=known.schema if known else None, preserve_index=False
                )
                if known is None:
                    known = pq.ParquetWriter(path, table.schema, compression="zstd")
                    tables[path] = known
                known.write_table(table)
            done += len(sample.posts_truth)
            # the next batch is made without this one in memory
            del sample, posts, parts, frame, table
            if progress:
                print(
                    f"\r{done:,} of {settings.posts:,} posts",
                    end="\n" if done == settings.posts else "",
                    file=sys.stderr,
                    flush=True,
                )
    finally:
        for writer in tables.values():
            writer.close()
    return list(tables)
