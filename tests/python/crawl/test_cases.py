"""Small crawls with a fault each, from their files to posts and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, SHARED_DATA
from fuzz import Tally, fuzz, judge
from refugee_adaptation.builds import quoted, text_columns
from refugee_adaptation.compiled import Database, Step
from refugee_adaptation.crawl.keys import user_pseudonym
from refugee_adaptation.crawl.reading import read_crawl

CASES = SHARED_DATA.parent / "cases"
KEY = "small cases: there is nobody to protect"
NOON = datetime(2025, 1, 14, 12)
HEADER = (
    "title,content,address,label,user_name,user_id,like_count,collect_count,"
    "comment_count,share_count,create_time,post_id,ip_localtion,post_image,post_type\n"
)

Query = Callable[[str], list[tuple[object, ...]]]


def built(crawl: Path, steps: Sequence[Step]) -> Database:
    """The tables of a crawl, in memory."""
    database = Database(None, read_crawl(str(crawl)).tables, KEY)
    database.make(steps)
    return database


@pytest.fixture
def tables_of(steps: list[Step]) -> Iterator[Callable[[Path], Query]]:
    """Build a crawl and query it."""
    opened: list[Database] = []

    def open_tables(crawl: Path) -> Query:
        opened.append(built(crawl, steps))
        return lambda sql: opened[-1].connection.execute(sql).fetchall()

    yield open_tables
    for database in opened:
        database.close()


def case(name: str) -> Path:
    """A small crawl made for this purpose; skips the test where it is absent."""
    path = CASES / name
    if not path.exists():
        pytest.skip(f"the case {name} is not on this machine")
    return path


def test_a_date_out_of_time_is_repaired_from_the_id(tables_of):
    query = tables_of(case("one_bad_date"))
    assert query("select distinct created_at from fct_posts") == [(NOON,)]
    assert query("select raw_count, accepted_count from crawl_rows") == [(5, 5)]


def test_epochs_in_local_time_are_told_by_the_ids(tables_of):
    query = tables_of(case("epochs_8h_late"))
    sql = "select created_at, created_at_evidence, count(*) from fct_posts group by all"
    assert query(sql) == [(NOON, "written and id agree", 10)]


def test_what_is_no_id_is_no_parent_and_no_post(tables_of):
    query = tables_of(case("phantom_parents"))
    sql = "select depth, count(*), count(distinct post_id) from fct_comments group by 1"
    assert query(sql) == [(1, 9, 1)]
    assert (
        query("select rejection_reasons from rejected_rows") == [(["no post id"],)] * 2
    )


def test_counts_in_words_are_read_or_missing(tables_of):
    query = tables_of(case("count_words"))
    sql = "select list(like_count order by title) from fct_posts"
    missing = [None] * 4
    assert query(sql) == [([12_000, 3_400_000, 1_200, *missing, 1_234],)]


def test_ids_kept_from_a_spreadsheet_are_ids(tables_of):
    query = tables_of(case("excel_safe_ids"))
    assert query("select count(*) from fct_posts") == [(5,)]
    pseudonym = user_pseudonym("678500400000000000000065", KEY)
    assert (pseudonym,) in query("select user_id from dim_users")


def test_a_place_has_one_name(tables_of):
    query = tables_of(case("one_place"))
    sql = "select ip_place, count(*) from dim_users group by 1"
    assert query(sql) == [("美国", 4)]


SECRETS = (
    "abc_12345",
    "abc12345",
    "123456789",
    "138 0013 8000",
    "678651c0",
    "67850040",
)


def leaks(database: duckdb.DuckDBPyConnection, secrets: Sequence[str]) -> set[str]:
    """Columns of any table in which a secret stands, the crawl as it was read aside."""
    pattern = "|".join(map(re.escape, secrets))
    searched = " union all ".join(
        f"select '{table}.{column}' as place from {quoted(schema, table)} "
        f"where regexp_matches({quoted(column)}::varchar, $pattern)"
        for (schema, table), columns in text_columns(database).items()
        if schema != "seeds"
        for column in columns
    )
    found = database.execute(searched, {"pattern": pattern}).fetchall()
    return {place for (place,) in found}


def test_contacts_and_ids_in_any_field_are_masked(steps):
    database = built(case("contacts_in_any_field"), steps)
    assert leaks(database.connection, SECRETS) == set()
    # the search itself can fail
    database.connection.execute("create table compiled.main.t as select '+abc_12345' x")
    assert leaks(database.connection, SECRETS) == {"t.x"}
    database.close()


def test_dates_that_begin_with_the_day_are_told_by_the_ids(tables_of, tmp_path):
    crawl = tmp_path / "days.csv"
    rows = [
        f"hi {day},text,,#tiktok,x,{24 * '6'},1,1,1,0,{day}/2/2025 20:00,"
        f"{int(datetime(2025, 2, day, 12).timestamp()):x}00000000000000{day:02},,,video"
        for day in range(1, 20)
    ]
    crawl.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    query = tables_of(crawl)
    sql = "select distinct created_at_evidence, month(post_date) from fct_posts"
    assert query(sql) == [("written and id agree", 2)]


CELLS = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
    st.from_regex(r"[0-9]{1,16}(\.[0-9])?[千万亿wkMW]?\+?", fullmatch=True),
    st.from_regex(r"[0-9a-f]{24}", fullmatch=True),
)


@settings(max_examples=5, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=15, max_size=15), min_size=5, max_size=50)
)
def test_no_row_is_lost_whatever_its_cells(steps, tmp_path_factory, rows):
    crawl = tmp_path_factory.mktemp("fuzzed") / "posts.csv"
    quoted = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    ]
    # what cannot be written as UTF-8 is no text of a file
    text = (HEADER + "\n".join(quoted)).encode("utf-8", "replace")
    crawl.write_bytes(text)
    database = built(crawl, steps)
    rows_of = "accepted_count + rejected_count + superseded_count"
    [(raw, judged)] = database.connection.execute(
        f"select sum(raw_count), sum({rows_of}) from crawl_rows"
    ).fetchall()
    ids = [cell for row in rows for cell in row if len(cell) == 24 and cell.isalnum()]
    found = leaks(database.connection, [one for one in ids if one.isascii()] or ["$^"])
    database.close()
    assert raw == judged
    assert found == set()


def test_damaged_crawls_keep_the_promises(steps, tmp_path):
    sources = sorted((ROOT / "seeds" / "sample").glob("*.csv"))
    tally = fuzz(sources, steps, rows=2_000, seed=7, folder=tmp_path)
    assert tally.faults == []
    assert tally.refused < tally.files
    assert tally.rows["rejected"] > 100


def test_a_broken_promise_is_found(steps, tmp_path):
    crawl = tmp_path / "posts.csv"
    crawl.write_text(f"{HEADER}hi,text,,,,{24 * 'a'},1,1,1,0,,{24 * '6'},,,video\n")
    broken = "select * replace (7 as raw_count), '{id}' as x from ({code})"
    damaged = [
        replace(step, code=broken.format(id=24 * "a", code=step.code))
        if step.name == "crawl_rows"
        else step
        for step in steps
    ]
    tally = Tally()
    judge(crawl, damaged, tally)
    assert [fault.split(": ")[1][:5] for fault in tally.faults] == ["rows ", "an id"]


def test_a_crawl_of_nicknames_has_users_and_no_nickname(steps, tmp_path):
    crawl = tmp_path / "4cat.csv"
    header = "id,thread_id,url,title,body,hashtags,author,likes,unix_timestamp"
    ids = [f"678651c0{place:016}" for place in range(3)]
    rows = [
        f"{one},{one},u,hello,text,tag,{name},1,1736856000"
        for one, name in zip(ids, ["Alice in China", *["Bob Bobson"] * 2], strict=True)
    ]
    crawl.write_text("\n".join([header, *rows]), encoding="utf-8")
    database = built(crawl, steps)
    found = database.connection.execute(
        "select post_count from dim_users order by post_count"
    ).fetchall()
    named = leaks(database.connection, ["Alice in China", "Bob Bobson"])
    database.close()
    assert found == [(1,), (2,)]
    assert named == set()


def test_names_of_authors_are_masked_in_texts_and_hashtags(steps, tmp_path):
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    start = "t" * 250 + " Quinby"
    rows = [
        "me,I am Quinby Vale and greet 云猫咪,,quinbyvale#cats,Quinby Vale",
        "云猫咪日记,#云猫咪[话题]# hello,,cats,云猫咪",
    ]
    study = [
        f"{text},{24 * digit},1,1,1,0,1/14/2025 20:00,678651c0{place:016},,,video"
        for place, (text, digit) in enumerate(zip(rows, "65", strict=True))
    ]
    (crawl / "posts.csv").write_text(HEADER + "\n".join(study), encoding="utf-8")
    header = "note_id,user_id,nickname,title,desc,time,liked_count,tag_list"
    # a title that repeats the start of the text is none, whatever is masked in both
    note = f"678651c0{9:016},{12 * '56'},Quinby,{start[:255]},{start} x,1736856000,1,a"
    (crawl / "notes.csv").write_text(f"{header}\n{note}", encoding="utf-8")
    database = built(crawl, steps)
    query = database.connection.execute
    found = query(
        "select title, body, hashtags from fct_posts order by body"
    ).fetchall()
    named = leaks(database.connection, ["uinby", "云猫", "\ue000"])
    mentions = query("select sum(mention_count) from fct_posts").fetchall()
    database.close()
    assert named == set()
    assert found == [
        ("_日记", "#_[话题]# hello", ["cats"]),
        ("me", "I am _ and greet _", ["cats"]),
        (None, "t" * 250 + " _ x", ["a"]),
    ]
    assert mentions == [(0,)]
