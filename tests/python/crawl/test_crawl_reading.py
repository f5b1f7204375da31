"""A whole crawl: what a run says about it, the command line, and real exports."""

import json
import os
from pathlib import Path

import pytest

from refugee_adaptation import checking as command
from refugee_adaptation.crawl import reading, study
from refugee_adaptation.crawl.inventory import describe
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.sheets import CrawlError

(STUDY,) = study.LAYOUTS
HEADER = ",".join(STUDY.columns)
RECORD = ",".join("x" for _ in STUDY.columns)
NOTE = dict.fromkeys(["note_id", "title", "desc", "time", "liked_count"], "x")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b.csv").write_text(f"{HEADER},more\n{RECORD},y\nshort\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/notes_2025-02-27.json").write_text(json.dumps([NOTE] * 1200))
    (tmp_path / "empty.csv").touch()
    (tmp_path / "README.md").touch()
    return tmp_path


def test_the_inventory_shows_files_formats_entities_and_rows(folder):
    assert describe(read_crawl(str(folder))).splitlines() == [
        "file                     format        entity   rows  notes",
        "a/notes_2025-02-27.json  mediacrawler  posts   1,200",
        "b.csv                    study         posts       2"
        "  1 with a problem; other columns: more",
        "empty.csv                empty         none        0  holds nothing",
        "3 files: 1,200 posts (mediacrawler), 2 posts (study)",
        "Passed over, no data: README.md",
    ]


def test_the_inventory_tells_what_is_not_used_and_how_bytes_were_read(tmp_path):
    columns = "nickname,desc,follows,fans,interaction"
    (tmp_path / "creators.csv").write_text(
        f"{columns}\n{'张三李四,' * 4}x\n", "gb18030"
    )
    lines = describe(read_crawl(str(tmp_path))).splitlines()
    assert lines[1].endswith("creators     1  known, not used; read as gb18030")
    assert lines[2] == "1 file: no rows"


def test_a_long_inventory_is_cut_and_says_so(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}.csv").write_text(f"{HEADER}\n{RECORD}\n")
        (tmp_path / f"{number:02}.md").touch()
    crawl = read_crawl(str(tmp_path))
    lines = describe(crawl).splitlines()
    assert lines[21] == "and 10 more"
    assert lines[22] == "30 files: 30 posts (study)"
    assert lines[23].endswith("19.md and 10 more")
    assert len(describe(crawl, most_lines=None).splitlines()) == 33


def test_a_hostile_name_cannot_steer_the_terminal(tmp_path):
    (tmp_path / "a\x1b[2Jb.csv").write_text(f"{HEADER},\x1b]0;title\x07\n")
    (tmp_path / "c\nd.md").touch()
    text = describe(read_crawl(str(tmp_path)))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert len(text.splitlines()) == 4


def test_rows_are_numbered_through_all_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH_ROWS", 3)
    (tmp_path / "a.csv").write_text("\n".join([HEADER, *[RECORD] * 7]))
    (tmp_path / "b.csv").write_text("\n".join([HEADER, *[RECORD] * 3]))
    table = read_crawl(str(tmp_path)).tables["posts"]
    assert table["_row_number"].to_pylist() == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]
    assert table["_source_file"].to_pylist() == ["a.csv"] * 7 + ["b.csv"] * 3


def test_the_order_of_a_list_does_not_matter(folder):
    items = [str(folder / "b.csv"), str(folder / "a"), str(folder / "empty.csv")]
    there, back = read_crawl(items), read_crawl(items[::-1])
    assert there.tables == back.tables
    assert there.summaries == back.summaries


def test_the_command_prints_the_inventory(folder, capsys):
    assert command.main([str(folder)]) == 0
    printed = capsys.readouterr()
    assert "3 files: 1,200 posts (mediacrawler), 2 posts (study)" in printed.out
    assert printed.err == ""


def test_the_command_fails_with_one_sentence(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("a,b\n")
    assert command.main([str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "`a.csv`" in printed.err


# Real exports, where they are at hand: counts only, nothing of their content.

REPOSITORY = Path(__file__).parents[3]
SHARED = Path(
    os.environ.get("ADAPTATION_SHARED_DATA", REPOSITORY.parent / "shared" / "data")
)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real exports are not at hand")
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("study/tt_refugee_content.csv", {"posts": 724}),
        ("mediacrawler/csv", {"comments": 3804 + 1844}),
        ("mediacrawler/csv/*2025-05-15.csv", {"comments": 3804}),
        (
            "mediacrawler/sqlite/sqlite_tables.db",
            {"posts": 220, "comments": 4847},
        ),
        (
            "mediacrawler/sqlite/xhs.db",
            {"posts": 71, "comments": 553},
        ),
        (
            "mediacrawler/json",
            {"posts": 20, "comments": 200},
        ),
        ("mediacrawler/csv_gb18030", {"posts": 1582}),
        ("xhs_downloader", {"posts": 17}),
    ],
)
def test_real_exports_are_read_whole(item, expected):
    crawl = read_crawl(str(SHARED / item))
    found = {
        name: table.num_rows
        for name, table in crawl.tables.items()
        if name != "files" and table.num_rows
    }
    assert found == expected
    assert sum(summary.problem_count for summary in crawl.summaries) == 0
    lost = [x.source_file for x in crawl.summaries if "lost" in x.encoding]
    assert lost == []
    for name in expected:
        ids = crawl.tables[name][f"{name.removesuffix('s')}_id"].to_pylist()
        assert {len(value) for value in ids} == {24}


def test_an_unreadable_file_is_passed_over_when_asked(folder, monkeypatch, capsys):
    readable = reading.read_crawl(str(folder))
    broken = folder / "half.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(CrawlError, match=r"damaged; .*SKIP_UNREADABLE=1"):
        reading.read_crawl(str(folder))
    monkeypatch.setenv(reading.SKIP_VARIABLE, "1")
    skipped = reading.read_crawl(str(folder))
    assert skipped.tables == readable.tables
    assert command.main([str(folder)]) == 0
    said = "unreadable (the Parquet file is damaged): half.parquet"
    assert said in capsys.readouterr().out


def test_of_a_file_that_breaks_off_nothing_is_kept(folder, monkeypatch):
    sheets = reading._sheets

    def breaking(file, own):
        yield from sheets(file, own)
        raise CrawlError("it breaks off")

    monkeypatch.setenv(reading.SKIP_VARIABLE, "1")
    monkeypatch.setattr(reading, "_sheets", breaking)
    crawl = reading.read_crawl(str(folder))
    assert crawl.summaries == []
    assert {table.num_rows for table in crawl.tables.values()} == {0}


def test_long_reading_says_how_far_it_is(folder, monkeypatch):
    monkeypatch.setattr(reading, "_TELL_AFTER", 0.0)
    told = []
    crawl = reading.read_crawl(str(folder), tell=told.append)
    files = len({summary.source_file for summary in crawl.summaries})
    assert len(told) == files
    assert told[0] == f"Reading: 0 of {files} files, 0 rows so far"
