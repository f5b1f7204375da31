"""A crawl that grows: adding files gives the tables of a full rebuild."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from conftest import (
    DATABASE,
    ROOT,
    build,
    real_crawl,
    rows_of,
    run_dbt,
    tables_only,
    write_tiny_crawls,
)

pytestmark = pytest.mark.pipeline

KEY = {"ADAPTATION_PSEUDONYM_KEY": "a key for tests only, 0123456789"}
# what a build remembers of earlier builds is not part of what a crawl says
MEMORY = {"group_drift", "group_members"}


def write_months(folder: Path) -> list[Path]:
    """The sample's posts in two files, January and February, and its comments."""
    sample = ROOT / "seeds" / "sample"
    with (sample / "posts.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    created = header.index("create_time")
    rows = [row for row in rows if len(row) == len(header)]
    months = {
        "january.csv": [row for row in rows if row[created].startswith("1/")][:300],
        "february.csv": [row for row in rows if row[created].startswith("2/")][:200],
    }
    paths = []
    for name, month in months.items():
        path = folder / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([header, *month])
        paths.append(path)
    return paths


def test_increments_equal_a_full_rebuild(tmp_path: Path) -> None:
    months = tmp_path / "months"
    months.mkdir()
    january, february = write_months(months)
    for name in ("full", "grown"):
        (tmp_path / name).mkdir()
    full = tmp_path / "full" / DATABASE
    grown = tmp_path / "grown" / DATABASE

    def grow() -> None:
        build(grown, january, *tables_only(), **KEY)
        build(grown, february, *tables_only(grow=True), **KEY)

    with ThreadPoolExecutor(max_workers=2) as pool:
        growing = pool.submit(grow)
        build(full, months, *tables_only(), **KEY)
        growing.result()
    expected, found = rows_of(full), rows_of(grown)
    for tables in (expected, found):
        for name in MEMORY:
            tables.pop(name, None)
    assert expected.keys() == found.keys()
    assert [name for name in expected if expected[name] != found[name]] == []
    check_memory(full, grown)


def check_memory(full: Path, grown: Path) -> None:
    """A full build knows births only; the grown one knows what became of them."""
    with duckdb.connect(str(full), read_only=True) as connection:
        assert connection.execute(
            "select distinct build_number, drift_event from group_drift"
        ).fetchall() == [(1, "born")]
    with duckdb.connect(str(grown), read_only=True) as connection:
        continued, numbers = connection.execute(
            "select count(*) filter (where drift_event = 'continued'), "
            "count(distinct build_number) from group_drift where group_kind = 'topic'"
        ).fetchall()[0]
        assert numbers == 2
        assert continued > 0
        per_group = connection.execute(
            "select count(distinct lasting_id), count(distinct group_id) "
            "from group_members group by group_kind, group_id"
        ).fetchall()
        assert set(per_group) == {(1, 1)}
        # what was there is told once: it continued, merged or died
        told = connection.execute(
            "select count(*) filter (where late.drift_event is null), count(*), "
            "count(distinct early.lasting_id) from group_drift as early "
            "left join group_drift as late on early.group_kind = late.group_kind "
            "and early.lasting_id = late.lasting_id and late.build_number = 2 "
            "and late.drift_event in ('continued', 'merged', 'died') "
            "where early.group_kind = 'topic' and early.build_number = 1"
        ).fetchall()[0]
        assert told[0] == 0
        assert told[1] == told[2] > 0


@pytest.mark.parametrize("known_count", [0, 1])
def test_the_groups_of_another_crawl_are_forgotten(
    known_count: int,
    tmp_path: Path,
    built: Callable[[str], Path],
    query: Callable[..., list[tuple[object, ...]]],
) -> None:
    """A single member known from the build before makes it the same crawl."""
    database = Path(shutil.copy(built("sample"), tmp_path))
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update group_members set member_id = 'other ' || member_id "
            "where rowid not in (select min(rowid) from group_members having ? = 1)",
            [known_count],
        )
    done = run_dbt("run", "-s", "group_drift", "group_members", database=database)
    assert done.returncode == 0, done.stdout
    told = query(
        database,
        "select build_number, drift_event, min(lasting_number) from group_drift "
        "where group_kind = 'topic' group by all order by all",
    )
    if known_count:
        assert {(number, event) for number, event, _ in told} >= {
            (1, "born"),
            (2, "died"),
            (2, "born"),
        }
    else:
        assert told == [(1, "born", 1)]
    unknown = "select count(*) from group_members where lasting_id is null"
    assert query(database, unknown) == [(0,)]


def test_results_of_another_crawl_are_replaced_only_when_told(tmp_path: Path) -> None:
    january = write_tiny_crawls(tmp_path)["single"].rename(tmp_path / "january.csv")
    february = Path(shutil.copy(january, tmp_path / "february.csv"))
    database = tmp_path / DATABASE
    selected = ("-s", "+crawl_rows", *tables_only())

    def files_built() -> list[tuple[object, ...]]:
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute("select source_file from crawl_rows").fetchall()

    build(database, january, *selected, **KEY)
    refused = run_dbt("build", *selected, database=database, crawl=february, **KEY)
    assert refused.returncode == 1
    assert "holds the results of another crawl (january.csv)" in refused.stdout
    assert f"not whole: {database} is as it was" in refused.stdout
    assert files_built() == [("january.csv",)]
    build(database, february, *selected, ADAPTATION_REPLACE="1", **KEY)
    assert files_built() == [("february.csv",)]


def test_a_key_that_is_lost_or_changed_is_said(tmp_path: Path) -> None:
    january = write_tiny_crawls(tmp_path)["single"].rename(tmp_path / "january.csv")
    february = Path(shutil.copy(january, tmp_path / "february.csv"))
    database = tmp_path / DATABASE
    selected = ("-s", "+crawl_rows", *tables_only(grow=True))
    kept = database.with_name(f"{DATABASE}.key")

    def grow() -> subprocess.CompletedProcess[str]:
        return run_dbt("build", *selected, database=database, crawl=february)

    build(database, january, *selected)
    key = kept.read_text()
    kept.unlink()
    lost = grow()
    assert lost.returncode == 1
    assert "The key of the pseudonyms is not that of the build before" in lost.stdout
    assert str(kept.name) in lost.stdout
    kept.write_text(key)
    assert grow().returncode == 0
    kept.unlink()
    rebuilt = run_dbt(
        *("build", "-s", "+crawl_rows", *tables_only()),
        database=database,
        crawl=february,
    )
    assert rebuilt.returncode == 0
    assert "has another pseudonym now" in rebuilt.stdout


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of two real captures of the same posts, days apart."""
    crawl = real_crawl("json").parent / "csv"
    selected = ("-s", "+capture_growth", "+crawl_rows")
    database = tmp_path_factory.mktemp("captures") / DATABASE
    return build(database, crawl, *selected, *tables_only())


def test_a_newer_capture_supersedes(
    captures: Path, query: Callable[..., list[tuple[object, ...]]]
) -> None:
    [(raw, accepted, superseded)] = query(
        captures,
        "select sum(raw_count), sum(accepted_count), sum(superseded_count) "
        "from crawl_rows",
    )
    assert raw == accepted + superseded == 5648
    # 406 comments of both captures, and 868 that one file lists twice
    assert superseded == 406 + 868


def test_growth_of_two_real_captures(captures: Path) -> None:
    with duckdb.connect(str(captures), read_only=True) as connection:
        [(rows, ids)] = connection.execute(
            "select count(*), count(distinct comment_id) "
            "from staging.stg_crawl__comment_rows where source_file like '%05-15.csv'"
        ).fetchall()
        [(shared,)] = connection.execute(
            "select count(*) from (select comment_id "
            "from staging.stg_crawl__comment_rows group by comment_id "
            "having count(distinct source_file) = 2)"
        ).fetchall()
        [(pairs, grown, shrunk)] = connection.execute(
            "select count(like_count_change), "
            "count(*) filter (where like_count_change > 0), "
            "count(*) filter (where like_count_change < 0) from capture_growth"
        ).fetchall()
    assert (rows, ids, shared) == (3804, 2936, 406)
    # most of the 406 have grown between the two days; rows of one file are no pair
    assert pairs == shared
    assert grown > shared / 2
    assert shrunk < grown
