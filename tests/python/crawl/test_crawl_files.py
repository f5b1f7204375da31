"""The setting `crawl`: what it may be, and how its files are named."""

import os
import socket
from pathlib import Path

import pytest

from refugee_adaptation.crawl.files import CrawlFile, find_files, split_setting
from refugee_adaptation.crawl.sheets import CrawlError
from refugee_adaptation.wording.messages import say


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A crawl of four data files and much that is no data."""
    for name in ("a.csv", "deep/b.json", "deep/er/c.DB", "deep/d.xlsx"):
        path = tmp_path / "crawl" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    for name in ("README", "notes.md", "deep/cover.jpg", ".hidden.csv", "c.db-wal"):
        (tmp_path / "crawl" / name).write_text("x")
    (tmp_path / "crawl/.git").mkdir()
    (tmp_path / "crawl/.git/e.csv").write_text("x")
    (tmp_path / "crawl/loop").symlink_to(tmp_path / "crawl")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "crawl"


def names(setting):
    return [file.source_file for file in find_files(setting)[0]]


def test_a_folder_is_searched_to_any_depth(folder):
    assert names(str(folder)) == ["a.csv", "deep/b.json", "deep/d.xlsx", "deep/er/c.DB"]


def test_what_is_no_data_is_listed(folder):
    passed = find_files(str(folder))[1]
    assert {say(item.reason, "en") for item in passed} == {"no data"}
    assert [item.name for item in passed] == [
        ".git/",
        ".hidden.csv",
        "README",
        "deep/cover.jpg",
        "loop/",
        "notes.md",
    ]


def link_to_itself(path):
    path.symlink_to(path)


def link_to_nothing(path):
    path.symlink_to("nowhere")


def unix_socket(path):
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


def link_to_a_device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "no regular file"),
        (unix_socket, "no regular file"),
        (link_to_a_device, "no regular file"),
        (link_to_nothing, "a link that leads nowhere"),
        (link_to_itself, "a link that leads nowhere"),
    ],
)
def test_only_regular_files_are_opened(tmp_path, make, reason):
    (tmp_path / "a.csv").write_text("x")
    make(tmp_path / "b.csv")
    files, passed = find_files(str(tmp_path))
    assert [file.source_file for file in files] == ["a.csv"]
    assert [(x.name, say(x.reason, "en")) for x in passed] == [("b.csv", reason)]
    with pytest.raises(CrawlError, match=r"no regular file; |does not exist; "):
        find_files(str(tmp_path / "b.csv"))


def test_the_word_counts_of_the_crawler_are_passed_over(tmp_path):
    (tmp_path / "words").mkdir()
    name = "words/search_comments_2025-01-23_word_freq.json"
    for file in ("a.json", name):
        (tmp_path / file).write_text("x")
    files, (passed,) = find_files(str(tmp_path))
    assert [file.source_file for file in files] == ["a.json"]
    assert (passed.name, say(passed.reason, "en")) == (
        name,
        "word counts of the crawler",
    )


def test_a_name_that_is_no_utf8_can_be_written(tmp_path):
    for name in (b"\xc4\xe3.csv", b"\xc4\xe4.csv", b"\xff.md"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    files, (passed,) = find_files(str(tmp_path))
    found = [file.source_file for file in files]
    assert found == [r"\xc4\xe3.csv", r"\xc4\xe4.csv"]
    assert passed.name == r"\xff.md"


def test_a_relative_path_starts_at_the_current_folder(folder):
    assert names("crawl") == names(str(folder))
    assert names(".")[0] == "crawl/a.csv"


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_named_is_read_whatever_its_suffix():
    assert names("crawl/README") == ["README"]
    assert names("crawl/.hidden.csv") == [".hidden.csv"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("crawl/*.csv", ["a.csv"]),
        ("crawl/**/*.json", ["deep/b.json"]),
        ("crawl/d*", ["deep/b.json", "deep/d.xlsx", "deep/er/c.DB"]),
        ("*/deep/?.json", ["crawl/deep/b.json"]),
    ],
)
def test_a_glob_names_files_below_its_plain_part(folder, pattern, expected):
    assert names(pattern) == expected
    assert names(str(folder.parent / pattern)) == expected


@pytest.mark.usefixtures("folder")
def test_a_list_and_a_joined_text_are_the_same():
    items = ["crawl/a.csv", "crawl/deep"]
    expected = ["a.csv", "b.json", "d.xlsx", "er/c.DB"]
    assert names(items) == expected
    assert names(os.pathsep.join(items)) == expected
    assert names(f"{os.pathsep} crawl/a.csv {os.pathsep}") == ["a.csv"]


def test_a_name_that_holds_the_separator_is_one_file(folder):
    path = folder / f"a{os.pathsep}b.csv"
    path.write_text("x")
    assert names(str(path)) == [path.name]


def test_a_file_found_twice_counts_once(folder):
    assert names(["crawl/a.csv", "crawl/*.csv", str(folder / "a.csv")]) == ["a.csv"]


def test_files_of_one_name_are_told_apart_without_their_folders(folder):
    other = folder.parent / "other"
    other.mkdir()
    (other / "a.csv").write_text("y")
    (other / "z.csv").write_text("y")
    found = names([str(folder / "a.csv"), str(other)])
    assert found == ["1/a.csv", "2/a.csv", "2/z.csv"]


@pytest.mark.parametrize("setting", ["crawl", "crawl/**/*.*", "crawl/deep/b.json"])
def test_no_name_tells_where_the_crawl_is(folder, setting):
    for name in names(str(folder.parent / setting)):
        assert not Path(name).is_absolute()
        assert folder.parent.name not in name
        assert ".." not in name


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("nowhere", "`nowhere` does not exist"),
        (["crawl", "nowhere.csv"], "`nowhere.csv` does not exist"),
        ("crawl/*.nothing", "a glob that finds no file"),
        ("crawl/*.md", "holds no data file"),
        ("", "is empty"),
        ([], "is empty"),
        ({"a": 1}, "expected a file, a folder, a glob or a list"),
        ([1], "expected a file, a folder, a glob or a list"),
        ("x" * 5000, "does not exist"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_setting_that_finds_nothing_says_so(setting, expected):
    with pytest.raises(CrawlError, match=r"\.$") as caught:
        find_files(setting)
    assert expected in str(caught.value)


def test_home_is_expanded(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert names("~/a.csv") == ["a.csv"]


def test_an_existing_path_is_not_split(tmp_path):
    assert split_setting(str(tmp_path)) == [str(tmp_path)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1_search_comments_2025-02-27.csv", "2025-02-27"),
        ("xhs_search_20251128_101530.xlsx", "2025-11-28"),
        ("search_2025-13-40.csv", None),
        ("66f2025011300000000000ab.csv", None),
        ("a20250113b.json", None),
        ("120250113.json", None),
        ("posts.csv", None),
    ],
)
def test_the_date_of_capture_comes_from_the_name(name, expected):
    assert CrawlFile(Path(name), name).captured_at == expected


def test_a_folder_that_may_not_be_opened_says_so(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CrawlError, match="cannot be opened: Permission denied"):
        find_files(str(tmp_path))
