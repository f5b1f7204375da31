"""The whole pipeline on the sample, on the real crawls and at the edges."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from conftest import (
    DATABASE,
    REAL_CRAWLS,
    ROOT,
    build,
    real_crawl,
    rows_of,
    run_dbt,
    tables_only,
)

pytestmark = pytest.mark.pipeline

Built = Callable[[str], Path]
Query = Callable[..., list[tuple[object, ...]]]

ALL_CRAWLS = [
    "sample",
    "study",
    "sqlite",
    "json",
    "csv_gb18030",
    "xhs_downloader",
    "empty",
    "single",
]
# the real crawls are pseudonymised: every nickname in them is of this form
NICKNAME = re.compile("user_[0-9a-f]{8}")
IDENTIFIER = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])|xsec_token|AB[x]{8}")


@pytest.mark.parametrize("name", ALL_CRAWLS)
def test_every_model_and_test_passes(name: str, built: Built) -> None:
    assert built(name).exists()


@pytest.mark.parametrize("name", ALL_CRAWLS)
def test_no_row_is_lost(name: str, built: Built, query: Query) -> None:
    rows = query(
        built(name),
        "select raw_count, accepted_count + rejected_count + superseded_count "
        "from crawl_rows",
    )
    assert all(raw == judged for raw, judged in rows)
    assert bool(rows) == (name != "empty")


@pytest.mark.parametrize("name", ALL_CRAWLS)
def test_every_claim_has_its_verdict_on_every_crawl(
    name: str, built: Built, query: Query
) -> None:
    claims = "select finding_id from findings order by 1"
    assert query(built(name), claims) == query(built("sample"), claims)


def text_cells(database: Path) -> list[tuple[str, str]]:
    """Every text in every stored table, as (schema.table.column, value)."""
    cells: list[tuple[str, str]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name "
            "from information_schema.columns where data_type like 'VARCHAR%'"
        ).fetchall()
        for schema, table, column in columns:
            cells += [
                (f"{schema}.{table}.{column}", str(value))
                for (value,) in connection.execute(
                    f'select distinct "{column}"::varchar from "{schema}"."{table}" '
                    f'where "{column}" is not null'
                ).fetchall()
            ]
    return cells


@pytest.mark.parametrize("name", ALL_CRAWLS)
def test_no_table_holds_a_raw_id_or_token(name: str, built: Built) -> None:
    leaks = [cell for cell in text_cells(built(name)) if IDENTIFIER.search(cell[1])]
    assert leaks == []


@pytest.mark.parametrize("name", REAL_CRAWLS)
def test_no_table_holds_a_nickname(name: str, built: Built) -> None:
    leaks = [cell for cell in text_cells(built(name)) if NICKNAME.search(cell[1])]
    assert leaks == []


@pytest.mark.parametrize("name", REAL_CRAWLS)
def test_the_real_crawls_hold_nicknames(name: str) -> None:
    path = real_crawl(name)
    files = [path] if path.is_file() else path.iterdir()
    assert all(re.search(NICKNAME.pattern.encode(), f.read_bytes()) for f in files)


def test_the_search_for_identifiers_can_fail() -> None:
    assert IDENTIFIER.search("by 6784c2120000000008000001.")
    assert IDENTIFIER.search("?xsec_token=1")
    assert not IDENTIFIER.search("a pseudonym 0123456789abcdef")


def test_the_studys_cells_and_times(built: Built, query: Query) -> None:
    database = built("study")
    inside = " + ".join(
        f"({count}_count between {count}_count_low"
        f" and coalesce({count}_count_high, {count}_count))::int"
        for count in ("like", "collect", "comment", "share")
    )
    [(cells,)] = query(
        database, f"select sum({inside}) from staging.stg_crawl__post_rows"
    )
    assert cells == 2896
    assert query(
        database,
        "select created_at_evidence, count(*) from fct_posts group by 1 order by 2",
    ) == [("written later than id", 4), ("written and id agree", 720)]
    [(banded,)] = query(
        database,
        """
        select count(*) from fct_posts
        where is_like_count_censored or is_collect_count_censored
            or is_comment_count_censored or is_share_count_censored
        """,
    )
    assert banded == 46
    [(posts, users, newcomers)] = query(
        database,
        "select sum(post_count), count(*), count(*) filter (where is_newcomer) "
        "from dim_users",
    )
    assert (posts, users, newcomers) == (724, 676, 567)


def test_nested_replies_of_a_real_crawl(built: Built, query: Query) -> None:
    rows = query(
        built("sqlite"),
        """
        select
            count(*) filter (where depth = 1),
            count(*) filter (where depth = 2),
            count(*) filter (where depth > 2),
            count(*) filter (where not is_parent_present)
        from fct_comments
        """,
    )
    assert rows == [(2623, 1054, 1170, 0)]


def test_tables_do_not_depend_on_key_threads_or_row_order(
    tmp_path: Path,
) -> None:
    source = ROOT / "seeds" / "sample"
    crawl = tmp_path / "shuffled"
    crawl.mkdir()
    # which of two equal captures wins is the file's order, so ids are unique here
    for name in ("posts.csv", "comments.csv"):
        with (source / name).open(encoding="utf-8-sig", newline="") as file:
            header, *rows = list(csv.reader(file))
        identity = header.index("post_id" if name == "posts.csv" else "comment_id")
        seen: dict[str, list[str]] = {
            row[identity]: row for row in rows if len(row) == len(header)
        }
        kept = list(seen.values())[:600]
        for suffix, ordered in (("forward", kept), ("backward", kept[::-1])):
            (crawl / suffix).mkdir(exist_ok=True)
            with (crawl / suffix / name).open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows([header, *ordered])
    databases = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for suffix, threads in (("forward", "1"), ("backward", "4")):
            home = tmp_path / f"build_{suffix}"
            home.mkdir()
            databases.append(
                pool.submit(
                    build,
                    home / DATABASE,
                    crawl / suffix,
                    *tables_only(),
                    ADAPTATION_THREADS=threads,
                )
            )
    # ids are pseudonyms, and the study's recipe starts from the order of the file
    without = "_ids?$|^source_file$|^item$|^row_number$|^reproduced_"
    first, second = (rows_of(job.result(), without) for job in databases)
    assert first.keys() == second.keys()
    for tables in (first, second):
        tables["findings"] = [
            row for row in tables["findings"] if "replication" not in row
        ]
    different = [name for name in first if first[name] != second[name]]
    assert different == []
    assert first["findings"] != []


def test_a_build_ends_with_ten_lines(
    built: Built, query: Query, tmp_path: Path
) -> None:
    database = Path(shutil.copy(built("sample"), tmp_path))
    done = run_dbt("run", "-s", "build_summary", database=database)
    lines = query(database, "select subject, sentence from build_summary")
    assert len(lines) == 10
    for subject, sentence in lines:
        assert f"{subject:<12}{sentence}\n" in done.stdout
    # a run that leaves the table alone says nothing of it
    other = run_dbt("run", "-s", "crawl_rows", database=database)
    assert other.returncode == 0
    assert "rejected    " not in other.stdout


def test_the_log_of_a_build_fits_on_two_screens(built: Built) -> None:
    lines = built("sample").with_name("build.log").read_text("utf-8").splitlines()
    assert len(lines) <= 60
    assert sum(" done in " in line for line in lines) >= 1
    assert "Done. PASS=" in lines[-1]


def test_an_unknown_file_stops_the_build_with_one_sentence(tmp_path: Path) -> None:
    crawl = tmp_path / "unknown.csv"
    crawl.write_text("a,b\n1,2\n", encoding="utf-8")
    done = run_dbt("build", database=tmp_path / DATABASE, crawl=crawl)
    assert done.returncode != 0
    assert "unknown.csv" in done.stdout + done.stderr
    assert "expected" in done.stdout + done.stderr
