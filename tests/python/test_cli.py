"""What people type, and what they are told when it is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import STUDY_HEADER, write_tiny_crawls
from refugee_adaptation import checking, cli


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    return write_tiny_crawls(tmp_path)["single"]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: adaptation {name} ")


def test_without_a_command_all_are_listed(capsys):
    assert cli.main([]) == 2
    assert cli.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(said.count(f"\n  {name} ") == 2 for name in cli.COMMANDS)


def test_the_package_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "refugee_adaptation", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("usage: adaptation COMMAND")


def test_an_unknown_command_is_one_sentence(capsys):
    assert cli.main(["chekc"]) == 2
    assert capsys.readouterr().err.startswith("adaptation: no command `chekc`; there")


def test_a_check_says_what_can_be_asked_and_what_not(crawl, capsys):
    assert cli.main(["check", str(crawl)]) == 0
    said = capsys.readouterr().out
    assert "Never filled: captured_at, source_keyword" in said
    can, cannot = said.split("It can be asked:")[1].split("It cannot answer:")
    assert "What draws attention?" in can
    assert "How do replies spread? It lacks comments." in cannot
    assert "What do they talk about? It lacks at least 100 posts (1 here)." in cannot


def test_a_check_as_json(crawl, capsys):
    assert cli.main(["check", "--json", str(crawl)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == {"posts": 1, "comments": 0}
    assert found["filled"]["posts"]["title"] == 1.0
    assert found["filled"]["posts"]["source_keyword"] == 0.0
    assert found["questions"]["How do replies spread?"] == ["comments"]


def test_who_registered_before_is_no_newcomer(tmp_path, capsys):
    crawl = tmp_path / "posts.csv"
    row = "a,b,,,x,{},1,1,1,0,1/14/2025 12:08,6785e35000000000080000{:02},U.S.,,video\n"
    old = [row.format(f"5f0000000000000000000{n:03}", n) for n in range(70)]
    new = [row.format(f"678500400000000000000{n:03}", n) for n in range(9)]
    crawl.write_text(STUDY_HEADER + "".join(old + new), "utf-8")
    cli.main(["check", str(crawl)])
    assert "It lacks at least 60 newcomers (9 here)." in capsys.readouterr().out


def test_what_is_half_filled_is_neither_all_nor_nothing():
    assert [checking._percent(x) for x in (0.001, 0.5, 0.999, 1.0)] == [
        *("1 %", "50 %", "99 %", "100 %")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere"], "The crawl `nowhere` does not exist"),
        (["check", "nowhere"], "The crawl `nowhere` does not exist"),
        (["run", ".", "--db", "."], "--db . is a folder; name a file"),
        (["run", ".", "--out", "."], "--out . is a folder; name a file"),
        (["run", ".", "--threads", "0"], "--threads must be 1 or more"),
        (["report", "--people", "-5"], "--people must be 0 or more"),
        (["report", "--out", "."], "--out . is a folder; name a file"),
        (["report", "--db", "nowhere.duckdb"], "nowhere.duckdb"),
        (["export", "--db", "nowhere.duckdb"], "nowhere.duckdb"),
    ],
)
def test_what_is_wrong_is_said_at_once(arguments, said, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    try:
        code = cli.main(arguments)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err


@pytest.mark.pipeline
def test_a_crawl_becomes_tables_and_a_page(crawl, tmp_path):
    database = tmp_path / "out" / "mine.duckdb"
    database.parent.mkdir()
    own = {"DBT_TARGET_PATH": str(tmp_path / "t"), "DBT_LOG_PATH": str(tmp_path / "l")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "refugee_adaptation", "run", crawl.name, "--json"),
            *("--db", str(database), "--", "--select", "+crawl_rows"),
            *("--resource-type", "seed", "model"),
        ],
        cwd=crawl.parent,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["is_whole"]
    # of the tables that were not selected nothing is said
    assert result["summary"] == {}
    assert Path(result["page"]) == database.with_suffix(".html")
    assert Path(result["page"]).stat().st_size > 10_000
    assert Path(result["database"]) == database
    assert "Completed successfully" in done.stderr
