"""Forgetting somebody, telling who a pseudonym is, and the search for leaks."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from refugee_adaptation.cli import main
from refugee_adaptation.compiled import Database, Step
from refugee_adaptation.crawl.forgotten import (
    add_forgotten,
    forgotten_users,
    set_forgotten,
)
from refugee_adaptation.crawl.keys import KEY_VARIABLE, user_pseudonym
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

KEY = "small crawls: there is nobody to protect"
ANNA, BEN = "54" * 12, "56" * 12
NOTE = "678651c00000000000000001"
NOTES = f"""note_id,user_id,nickname,title,desc,time,liked_count,tag_list
{NOTE},{ANNA},Zorbinda,first words of hers,hello,1736856000,1,a
678651c00000000000000002,{BEN},Quinby,his,greetings,1736856000,1,b
"""
HERS, PARENT = "678651c00000000000000011", "parent_comment_id"
COMMENTS = f"""comment_id,note_id,user_id,nickname,content,create_time,{PARENT}
{HERS},{NOTE},{ANNA},Zorbinda,a second text,1736856000,0
678651c00000000000000012,{NOTE},{BEN},Quinby,an answer,1736856001,{HERS}
"""


@pytest.fixture
def crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "notes.csv").write_text(NOTES)
    (folder / "comments.csv").write_text(COMMENTS)
    return folder


def build(crawl: Path, steps: list[Step], path: Path) -> Path:
    path.parent.mkdir()
    database = Database(path, read_crawl(str(crawl)).tables, KEY)
    set_forgotten(database.connection, forgotten_users(path))
    database.make(steps)
    database.close()
    return path


def texts_of(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() and schema_name <> 'seeds'"
        ).fetchall()
        rows = [
            connection.execute(f'from "{schema}"."{table}"').fetchall()
            for schema, table in tables
        ]
    return str(rows)


def test_who_is_forgotten_is_in_no_table_and_comes_back_with_no_build(
    steps: list[Step], crawl: Path, tmp_path: Path
) -> None:
    database = build(crawl, steps, tmp_path / "first" / "compiled.duckdb")
    user = user_pseudonym(ANNA, KEY)
    hers = (user, "first words", "a second text", "hello")
    assert all(text in texts_of(database) for text in hers)
    left = database.with_name(f"{database.name}.building")
    left.write_bytes(database.read_bytes())
    assert main(["forget", ANNA, "--db", str(database)]) == 0
    assert not left.exists()
    assert not any(text in texts_of(database) for text in hers)
    # a later build, of the same crawl, beside the same list
    again = tmp_path / "second" / "compiled.duckdb"
    again.parent.mkdir()
    kept = add_forgotten(again, forgotten_users(database))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() == f"{user}\n"
    again.parent.joinpath("x").mkdir()
    database = Database(again, read_crawl(str(crawl)).tables, KEY)
    set_forgotten(database.connection, forgotten_users(again))
    database.make(steps)
    query = database.connection.execute
    counts = query(
        "select entity, raw_count, accepted_count, rejected_count from crawl_rows "
        "order by entity"
    ).fetchall()
    reasons = query("select row_id, rejection_reasons from rejected_rows").fetchall()
    replied = query("select user_id, replied_to_user_id from fct_comments").fetchall()
    database.close()
    assert not any(text in texts_of(again) for text in hers)
    assert counts == [("comment", 2, 1, 1), ("post", 2, 1, 1)]
    assert reasons == [(None, ["of a person who is forgotten"])] * 2
    assert replied == [(user_pseudonym(BEN, KEY), None)]


def test_a_damaged_list_stops_a_build(tmp_path: Path) -> None:
    database = tmp_path / "x.duckdb"
    add_forgotten(database, ["a" * 16])
    assert add_forgotten(database, ["b" * 16]).read_text().split() == [
        *("a" * 16, "b" * 16)
    ]
    database.with_name("x.duckdb.forgotten").write_text("aaaaaaaaaaaaaaaa\n678")
    with pytest.raises(CrawlError, match="entry 2 is no pseudonym"):
        forgotten_users(database)


def test_who_needs_the_key_and_the_crawl(
    crawl: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rest = ["--crawl", str(crawl), "--db", str(tmp_path / "none.duckdb")]
    assert main(["who", user_pseudonym(ANNA, KEY), *rest]) == 0
    assert ANNA in capsys.readouterr().out
    assert main(["who", "a" * 16, *rest]) == 1
    assert main(["who", "Anna", *rest]) == 2
    monkeypatch.delenv(KEY_VARIABLE)
    assert main(["who", user_pseudonym(ANNA, KEY), *rest]) == 2
    assert "is needed" in capsys.readouterr().err
    assert main(["forget", ANNA, *rest[2:]]) == 2
    assert main([]) == 2


def test_the_search_finds_what_is_there_and_nothing_else(
    steps: list[Step], crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = build(crawl, steps, tmp_path / "built" / "compiled.duckdb")
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "page.html").write_text("all is well")
    search = ["search", "--crawl", str(crawl), "--db", str(database), str(folder)]
    assert main(search) == 0
    capsys.readouterr()
    (folder / "page.html").write_text(f"by zorbinda, {BEN}")
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table leak as select ['Quinby, a@b.cd'] as x")
        connection.execute(
            "copy (from leak) to ? (format parquet)", [str(folder / "a.parquet")]
        )
    assert main(search) == 1
    found = capsys.readouterr().out
    for line in ("id              ", "name            ", "e-mail          main.leak.x"):
        assert line in found
    assert "a.parquet" in found
    assert main([*search, str(tmp_path / "nowhere")]) == 2
