"""Damage crawls at random and build them: is every row accounted for, and nobody named?

    python benchmarks/fuzz.py [--rows 100000] [--seed 1] [PATH ...]

Takes files of crawls (the bundled sample by default), draws some of their rows, damages
cells or bytes, and reads and builds the result with the project compiled once. Of each
damaged file, either one sentence says why it cannot be read, or

- raw = accepted + rejected + superseded rows, and
- no id of the file stands in a table built from it.

What breaks this is printed and kept in a folder; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from refugee_adaptation.builds import PROJECT, quoted, text_columns
from refugee_adaptation.compiled import (
    Database,
    Step,
    compile_project,
    needed_for,
    read_steps,
)
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

TABLES = ("fct_posts", "fct_comments", "crawl_rows", "rejected_rows", "dim_users")
KEY = "damaged crawls: there is nobody to protect"
#: Rows of a damaged file: small enough that a file takes a fraction of a second.
ROWS = 400
#: Cells that crawls, spreadsheets and databases have been seen to hold.
CELLS = (
    *("", " ", "0", "-1", "nan", "None", "NULL", "\\N", "-", "6.78E+23", "1e400"),
    *(
        "9999-12-31 23:59:59",
        "0000-00-00",
        "13/1/2025 8:00",
        "昨天 08:00",
        "99999999999",
    ),
    *(
        "7.6万",
        "1千+",
        "1.2萬",
        "10+",
        "万",
        "9" * 40,
        "=1+1",
        "'12",
        '="12"',
        "\u202e",
    ),
    *(
        "<script>",
        "[]",
        "{",
        '"',
        ";",
        "\x00",
        "\ufeff",
        "\ud83d".encode("utf-8", "replace").decode(),
    ),
)
_HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])")


@dataclass
class Tally:
    """What became of the damaged files.

    Attributes:
        files: Damaged files.
        refused: Files that one sentence refused.
        rows: Rows that were read, by what became of them.
        faults: Files that broke a promise, with the promise.
        seconds: Of processor time.
    """

    files: int = 0
    refused: int = 0
    rows: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("raw", "accepted", "rejected", "superseded"), 0
        )
    )
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def damage_cells(row: list[str], draw: random.Random) -> list[str]:
    """Swap, shift, drop or replace cells of a row, one time in three."""
    if not row or draw.random() > 1 / 3:
        return row
    place, other = draw.randrange(len(row)), draw.randrange(len(row))
    damaged = list(row)
    match draw.randrange(5):
        case 0:
            damaged[place], damaged[other] = damaged[other], damaged[place]
        case 1:
            damaged.insert(place, "")
        case 2:
            del damaged[place]
        case 3:
            damaged[place] = draw.choice(CELLS)
        case 4:
            damaged[place] = damaged[place] + draw.choice(CELLS) + damaged[other]
    return damaged


def damage_bytes(content: bytes, draw: random.Random) -> bytes:
    """Flip, drop, repeat or cut bytes, in one file of three."""
    if len(content) < 4 or draw.random() > 1 / 3:
        return content
    damaged = bytearray(content)
    for _ in range(draw.randrange(1, 6)):
        place = draw.randrange(len(damaged))
        match draw.randrange(4):
            case 0:
                damaged[place] = draw.randrange(256)
            case 1:
                del damaged[place : place + draw.randrange(1, 40)]
            case 2:
                damaged[place:place] = damaged[place : place + draw.randrange(1, 400)]
            case 3:
                damaged[place:place] = draw.choice((b'"', b"\n", b"\x00", b"[", b"}"))
        if len(damaged) < 4:
            break
    if draw.random() < 0.1:
        del damaged[draw.randrange(1, len(damaged)) :]
    return bytes(damaged)


def damaged_csv(source: Path, draw: random.Random) -> bytes:
    """Draw rows of a CSV file and damage them."""
    content = source.read_bytes()
    encoding = "utf-8-sig" if _is_utf8(content) else "gb18030"
    text = content.decode(encoding, "replace").replace("\x00", "")
    header, *rows = csv.reader(io.StringIO(text))
    drawn = draw.choices(rows, k=ROWS)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(damage_cells(row, draw) for row in drawn)
    return damage_bytes(out.getvalue().encode(encoding, "replace"), draw)


def damaged_json(source: Path, draw: random.Random) -> bytes:
    """Draw objects of a JSON array or of JSONL and damage their values."""
    text = source.read_text("utf-8")
    is_array = text.lstrip().startswith("[")
    objects = json.loads(text) if is_array else map(json.loads, text.splitlines())
    drawn = [_damaged_object(one, draw) for one in draw.choices(list(objects), k=ROWS)]
    if is_array:
        written = json.dumps(drawn, ensure_ascii=False)
    else:
        written = "\n".join(json.dumps(one, ensure_ascii=False) for one in drawn)
    return damage_bytes(written.encode("utf-8", "replace"), draw)


def damaged_sqlite(source: Path, draw: random.Random) -> bytes:
    """Draw rows of every table of a SQLite file and damage their cells."""
    old = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    new = sqlite3.connect(":memory:")
    tables = old.execute(
        "select name, sql from sqlite_master "
        "where type = 'table' and name not like 'sqlite_%'"
    ).fetchall()
    for name, _ in tables:
        rows = old.execute(f'select * from "{name}"').fetchall()
        columns = [one[1] for one in old.execute(f'pragma table_info("{name}")')]
        listed = ", ".join(f'"{column}"' for column in columns)
        new.execute(f'create table "{name}" ({listed})')
        marks = ", ".join("?" * len(columns))
        for row in draw.choices(rows, k=ROWS) if rows else ():
            cells = ["" if one is None else str(one) for one in row]
            damaged = (damage_cells(cells, draw) + [""] * len(columns))[: len(columns)]
            new.execute(f'insert into "{name}" values ({marks})', damaged)
    new.commit()
    content = new.serialize()
    old.close()
    new.close()
    return content


def _damaged_object(one: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    names = list(one)
    cells = ["" if one[name] is None else str(one[name]) for name in names]
    damaged = damage_cells(cells, draw)
    if damaged is cells:
        return one
    return dict(zip(names, damaged, strict=False))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


DAMAGE: dict[str, Callable[[Path, random.Random], bytes]] = {
    ".csv": damaged_csv,
    ".json": damaged_json,
    ".jsonl": damaged_json,
    ".ndjson": damaged_json,
    ".db": damaged_sqlite,
}


def ids_of(crawl: Path) -> set[str]:
    """Ids of 24 digits in the damaged file, none of which may stand in a table."""
    text = crawl.read_bytes().decode("utf-8", "replace").lower()
    return set(_HEX.findall(text))


def named_in(connection: duckdb.DuckDBPyConnection, ids: set[str]) -> set[str]:
    """Columns of the tables in which an id of 24 digits stands, the raw crawl aside."""
    searched = " union all ".join(
        f"select '{table}.{column}' as place, unnest(regexp_extract_all("
        f"lower({quoted(column)}::varchar), '[0-9a-f]{{24}}')) as found "
        f"from {quoted(schema, table)}"
        for (schema, table), columns in text_columns(connection).items()
        if schema != "seeds"
        for column in columns
    )
    found = connection.execute(
        f"select distinct place from ({searched}) where list_contains($1, found)",
        [sorted(ids)],
    ).fetchall()
    return {place for (place,) in found}


def judge(crawl: Path, steps: Sequence[Step], tally: Tally) -> None:
    """Build a damaged crawl and hold it to the promises."""
    tally.files += 1
    try:
        tables = read_crawl(str(crawl)).tables
    except CrawlError:
        tally.refused += 1
        return
    database = Database(None, tables, KEY)
    try:
        database.make(steps)
        counts = database.connection.execute(
            """
            select
                coalesce(sum(raw_count), 0), coalesce(sum(accepted_count), 0),
                coalesce(sum(rejected_count), 0), coalesce(sum(superseded_count), 0)
            from crawl_rows
            """
        ).fetchall()[0]
        for name, count in zip(tally.rows, counts, strict=True):
            tally.rows[name] += int(count)
        if counts[0] != sum(counts[1:]):
            tally.faults.append(f"{crawl.name}: rows {counts}")
        named = named_in(database.connection, ids_of(crawl))
        if named:
            tally.faults.append(f"{crawl.name}: an id in {', '.join(sorted(named))}")
    finally:
        database.close()


def fuzz(
    sources: Sequence[Path], steps: Sequence[Step], rows: int, seed: int, folder: Path
) -> Tally:
    """Damage files in turn until so many rows are read; keep those that break."""
    draw, tally, began = random.Random(seed), Tally(), time.process_time()
    while tally.rows["raw"] < rows:
        source = sources[tally.files % len(sources)]
        crawl = folder / f"{tally.files}{source.suffix}"
        crawl.write_bytes(DAMAGE[source.suffix](source, draw))
        faults = len(tally.faults)
        try:
            judge(crawl, steps, tally)
        except Exception as error:  # a fuzzer is for errors that nobody thought of
            tally.faults.append(f"{crawl.name}: {type(error).__name__}: {error}")
        if len(tally.faults) == faults:
            crawl.unlink()
        if tally.files > 100 and tally.refused > 0.9 * tally.files:
            raise SystemExit("nearly every file is refused: nothing is tested")
    tally.seconds = time.process_time() - began
    return tally


def compiled(folder: Path) -> list[Step]:
    """Compile the project's SQL from the crawl to posts, comments and users."""
    target = compile_project(folder, " ".join(f"+{name}" for name in TABLES), {})
    return needed_for(read_steps(target), TABLES)


def main() -> None:
    """Read the arguments, damage, and say what broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    given = options.paths or [PROJECT / "seeds" / "sample"]
    sources = [
        file
        for path in given
        for file in sorted(path.rglob("*") if path.is_dir() else [path])
        if file.suffix in DAMAGE
    ]
    folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
    tally = fuzz(
        sources, compiled(folder / "compiled"), options.rows, options.seed, folder
    )
    rows = ", ".join(f"{count:,} {name}" for name, count in tally.rows.items())
    print(f"{tally.files:,} damaged files of {len(sources)}, {tally.refused:,} refused")
    print(f"rows: {rows}; {tally.seconds:.0f} CPU s")
    for fault in tally.faults[:20]:
        print(fault)
    print(
        f"{len(tally.faults)} broke a promise" + (f": {folder}" if tally.faults else "")
    )
    if not tally.faults:
        shutil.rmtree(folder)
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
