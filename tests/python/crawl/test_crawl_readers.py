"""Each kind of file, and each crawler's layout, is recognised and read as text."""

import codecs
import csv
import io
import json
import os
import sqlite3
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from refugee_adaptation.crawl import limits, study, xhs_downloader
from refugee_adaptation.crawl.decoding import decode
from refugee_adaptation.crawl.inventory import describe
from refugee_adaptation.crawl.layouts import FIELDS, Layout
from refugee_adaptation.crawl.own_columns import FORMAT
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.registry import LAYOUTS, find_layout, formats, recognise
from refugee_adaptation.crawl.sheets import CrawlError, as_text, number_as_text
from refugee_adaptation.wording.messages import say

CHINESE = "你好来自小红书的朋友们" * 20
TRADITIONAL = "歡迎來到這裡請問妳們從哪裡來的呢" * 3

NOTE = {
    "note_id": "6785000000000000000000a1",
    "type": "normal",
    "title": "hello 🎈",
    "desc": 'first line\nsecond, "quoted"',
    "video_url": "",
    "time": 1736770000000,
    "last_update_time": 0,
    "user_id": "6784000000000000000000b1",
    "nickname": "n",
    "avatar": "",
    "liked_count": "1.2万",
    "collected_count": "10+",
    "comment_count": "",
    "share_count": "None",
    "ip_location": None,
    "image_list": "",
    "tag_list": "a,b",
    "last_modify_ts": 1740600000000,
    "note_url": "",
    "source_keyword": "k",
    "xsec_token": "t",
}
COMMENT = {
    "comment_id": "6785000000000000000000c1",
    "create_time": 1736770000000,
    "ip_location": "广东",
    "note_id": NOTE["note_id"],
    "content": "[doge]",
    "user_id": "6784000000000000000000b2",
    "nickname": "n",
    "avatar": "",
    "sub_comment_count": "0",
    "pictures": "",
    "parent_comment_id": 0,
    "last_modify_ts": 1740600000000,
    "like_count": "3",
}
CREATOR = dict.fromkeys(
    ["user_id", "nickname", "desc", "follows", "fans", "interaction"], "x"
)
(STUDY,) = study.LAYOUTS
# the columns of the export itself, without those of its Kaggle original
STUDY_COLUMNS = [name for name in STUDY.columns if name not in ("type", "image")]
STUDY_POST = dict.fromkeys(STUDY_COLUMNS, "x") | {"content": "a\nb", "title": ""}
WORKS, _ = xhs_downloader.LAYOUTS


def rows(path, entity):
    """Read a file and return one table's rows, and check that the others are empty."""
    tables = read_crawl(str(path)).tables
    assert list(tables) == ["files", *FIELDS]
    for name in FIELDS:
        assert name == entity or tables[name].num_rows == 0
    return tables[entity].to_pylist()


def summary(path):
    (only,) = read_crawl(str(path)).summaries
    return only


def csv_text(records, header=None, **options):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, header or list(records[0]), **options)
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue()


def sqlite_file(path, tables):
    connection = sqlite3.connect(path)
    for name, records in tables.items():
        columns = ", ".join(f'"{column}"' for column in records[0])
        connection.execute(f'create table "{name}" ({columns})')
        marks = ", ".join("?" * len(records[0]))
        connection.executemany(
            f'insert into "{name}" values ({marks})',
            [tuple(record.values()) for record in records],
        )
    connection.commit()
    return connection


def assert_holds(row, record):
    """A row has the values of a record in fields of ours, and nothing else of it."""
    layout = find_layout(record, None)
    for name in FIELDS[layout.entity]:
        column, *_ = layout.choices.get(name, (None,))
        value = record.get(column)
        assert row[name] == (None if value is None else str(value))
    assert [name for name in row if name[0] != "_"] == list(FIELDS[layout.entity])


# every file kind -------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda x: f"{x.format} {x.entity}")
def test_every_layout_is_recognised_as_itself_only(layout):
    assert [x for x in LAYOUTS if x.matches(layout.columns, layout.table_name)] == [
        layout
    ]


def test_the_seed_and_the_registry_know_the_same_formats():
    with (ROOT / "seeds" / "crawl_formats.csv").open(encoding="utf-8") as file:
        seed = {
            row["crawl_format"]: row["entities"].split() for row in csv.DictReader(file)
        }
    assert formats() | {FORMAT: list(FIELDS)} == seed


@pytest.mark.parametrize(
    ("fields", "withheld", "problem"),
    [
        ({"heart_count": "hearts"}, (), "no field of posts: heart_count"),
        ({"user_id": ("user_id", "name")}, ("name",), "read and withheld: name"),
    ],
)
def test_a_layout_with_a_mistake_is_refused(fields, withheld, problem):
    with pytest.raises(ValueError, match=problem):
        Layout("x", "posts", fields, required=(), withheld=withheld)


@pytest.mark.parametrize(
    ("record", "entity"),
    [
        (STUDY_POST, "posts"),
        (NOTE, "posts"),
        (COMMENT, "comments"),
        (dict.fromkeys(WORKS.columns, "值"), "posts"),
    ],
    ids=["study", "note", "comment", "work"],
)
@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "parquet"])
def test_the_name_of_a_file_decides_nothing(tmp_path, record, entity, kind):
    path = tmp_path / "some.thing"
    if kind == "csv":
        path.write_text(csv_text([record]), newline="")
        # CSV has no null
        record = {k: "" if v is None else v for k, v in record.items()}
    elif kind == "json":
        path.write_text(json.dumps([record], indent=4))
    elif kind == "jsonl":
        path.write_text(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        pq.write_table(pa.Table.from_pylist([record]), path)
    (row,) = rows(path, entity)
    assert_holds(row, record)
    assert row["_source_file"] == "some.thing"
    assert row["_row_number"] == 1
    assert row["_format"] == find_layout(record, None).format
    assert row["_captured_at"] is None
    assert row["_problem"] is None


def test_tables_are_text_but_for_the_row_number(tmp_path):
    path = tmp_path / "posts_2025-02-27.csv"
    path.write_text(csv_text([STUDY_POST]), newline="")
    for name, table in read_crawl(str(path)).tables.items():
        numbers = [] if name == "files" else ["_row_number"]
        assert [f.name for f in table.schema if f.type == pa.int64()] == numbers
        others = {f.type for f in table.schema if f.name not in numbers}
        assert others == {pa.string()}
    (row,) = rows(path, "posts")
    assert row["_captured_at"] == "2025-02-27"


# CSV and encodings -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: codecs.BOM_UTF8 + text.encode(), "utf-8"),
        (lambda text: text.encode("gb18030"), "gb18030"),
        (lambda text: text.encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_found(tmp_path, encode, encoding):
    path = tmp_path / "posts.csv"
    path.write_bytes(encode(csv_text([NOTE | {"title": CHINESE, "ip_location": ""}])))
    (row,) = rows(path, "posts")
    assert row["post_id"] == NOTE["note_id"]
    assert row["title"] == CHINESE
    assert summary(path).encoding == encoding


def test_json_may_have_a_byte_order_mark_or_be_gb18030(tmp_path):
    text = json.dumps([NOTE | {"title": CHINESE, "desc": ""}], ensure_ascii=False)
    path = tmp_path / "posts.json"
    for raw in (codecs.BOM_UTF8 + text.encode(), text.encode("gb18030")):
        path.write_bytes(raw)
        assert rows(path, "posts")[0]["title"] == CHINESE


def test_utf8_with_a_broken_character_stays_utf8():
    raw = CHINESE.encode()
    assert decode(raw[:-1]) == (
        CHINESE[:-1] + "\ufffd",
        "utf-8, 1 characters lost",
    )


def test_gb18030_with_a_broken_character_stays_gb18030():
    raw = CHINESE.encode("gb18030") + b"\xff"
    assert decode(raw) == (CHINESE + "\ufffd", "gb18030, 1 characters lost")


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_one_line_of_another_encoding_changes_no_other(encoding):
    lines = [CHINESE, "ascii", CHINESE, CHINESE[:2], CHINESE]
    raw = [line.encode() for line in lines]
    raw[3] = lines[3].encode("gb18030")
    text, note = decode(b"\n".join(raw))
    assert (text.split("\n"), note) == (lines, "utf-8, 1 lines gb18030")
    # and the other way round
    lines = [TRADITIONAL if encoding == "big5" else CHINESE] * 4
    raw = [line.encode(encoding) for line in lines]
    raw[2] = lines[2].encode()
    text, note = decode(b"\n".join(raw))
    assert (text.split("\n"), note) == (lines, f"{encoding}, 1 lines utf-8")


def test_big5_is_told_from_gb18030():
    assert decode(TRADITIONAL.encode("big5")) == (TRADITIONAL, "big5")
    assert decode(TRADITIONAL.encode("gb18030")) == (TRADITIONAL, "gb18030")
    assert decode(CHINESE.encode("gb18030")) == (CHINESE, "gb18030")


@pytest.mark.parametrize("above", ["sep=;\n", "Notes of January\n\n", "\ufeffa;b\n;\n"])
def test_a_title_may_stand_above_the_header(tmp_path, above):
    path = tmp_path / "posts.csv"
    path.write_text(above + csv_text([STUDY_POST], delimiter=";"), newline="")
    (row,) = rows(path, "posts")
    assert (row["post_id"], row["_problem"]) == ("x", None)


def test_a_second_column_of_a_name_is_named_and_not_read(tmp_path):
    path = tmp_path / "posts.csv"
    header = [*STUDY_COLUMNS, "like_count"]
    path.write_text(",".join(header) + "\n" + ",".join(["1"] * 15 + ["2"]) + "\n")
    assert rows(path, "posts")[0]["like_count"] == "1"
    assert summary(path).unread_columns == ["like_count (2)"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_gives_a_known_header(tmp_path, delimiter):
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([STUDY_POST] * 2, delimiter=delimiter), newline="")
    found = rows(path, "posts")
    assert [row["body"] for row in found] == ["a\nb", "a\nb"]
    assert [row["_row_number"] for row in found] == [1, 2]


def test_fields_are_kept_to_the_letter(tmp_path):
    text = ' 1.0 \r\n\t\n,"\x00\u2028末 '
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([STUDY_POST | {"content": text}]), newline="")
    assert rows(path, "posts")[0]["body"] == text


def test_blank_lines_are_no_records(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("\n" + csv_text([STUDY_POST]) + "\n\r\n  \n" + "," * 14, newline="")
    assert [row["_problem"] for row in rows(path, "posts")] == [None]


def test_a_field_may_be_very_long(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([STUDY_POST | {"content": "x" * 200_000}]), newline="")
    assert len(rows(path, "posts")[0]["body"]) == 200_000


def test_the_kaggle_original_has_other_names(tmp_path):
    record = dict(STUDY_POST, post_image="i", post_type="video")
    record["image"] = record.pop("post_image")
    record["type"] = record.pop("post_type")
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([record]), newline="")
    (row,) = rows(path, "posts")
    assert row["post_type"] == "video"
    assert summary(path).unread_columns == []


def test_a_record_of_another_length_is_kept_with_its_problem(tmp_path):
    good = csv_text([STUDY_POST])
    path = tmp_path / "posts.csv"
    path.write_text(good + "short,record\r\n" + "x," * 15 + "x\r\n", newline="")
    _, short, long = rows(path, "posts")
    assert say(short["_problem"], "en") == "record has 2 fields, header has 15"
    # which field is which is unknown, and a name must not pass as a count
    for row in (short, long):
        assert {row[name] for name in FIELDS["posts"]} == {None}
    assert say(long["_problem"], "en") == "record has 16 fields, header has 15"
    assert [short["_row_number"], long["_row_number"]] == [2, 3]
    assert (summary(path).row_count, summary(path).problem_count) == (3, 2)


def test_a_file_appended_to_may_repeat_its_header(tmp_path):
    old = ["comment_id", "create_time", "ip_location", "note_id", "content", "user_id"]
    new = [*old[:4], "like_count", *old[4:]]
    record = dict.fromkeys(new, "x") | {"like_count": "7", "comment_id": "c"}
    path = tmp_path / "comments.csv"
    path.write_text(
        csv_text([record], old, extrasaction="ignore")
        + csv_text([record], old, extrasaction="ignore")
        + "\ufeff"
        + csv_text([record], new),
        newline="",
    )
    found = rows(path, "comments")
    assert [say(row["_problem"], "en") for row in found] == [
        None,
        "repeated header line",
        None,
        "repeated header line",
        None,
    ]
    assert [row["like_count"] for row in found] == [None, None, None, None, "7"]
    assert [row["comment_id"] for row in found] == ["c", None, "c", None, "c"]


def noted(path, entity="posts"):
    """The ids of a file's rows; for one that could not be read, its problem's code."""
    return [
        json.loads(row["_problem"])["code"] if row["_problem"] else row["post_id"]
        for row in rows(path, entity)
    ]


def csv_lines(*posts):
    """The header, and a line per post; an id with `open` has a quote that stays so."""
    lines = [",".join(STUDY_COLUMNS)]
    place = STUDY_COLUMNS.index("post_id")
    for post in posts:
        fields = ["x"] * len(STUDY_COLUMNS)
        fields[place] = post.removesuffix("open")
        if post.endswith("open"):
            fields[1 - (place == 1)] = '"made'
        lines.append(",".join(fields))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "end", ["", '5,"text, ""quoted"""' + ",x" * 13 + "\n", 'x,"cut off']
)
def test_behind_an_open_quote_rows_are_read_again(tmp_path, end):
    path = tmp_path / "posts.csv"
    path.write_text(csv_lines("1", "2open", "3", "4") + end)
    found = noted(path)
    assert found[:4] == ["1", "read_open_quote", "3", "4"]
    assert len(found) == 4 + bool(end)


def test_a_text_of_several_lines_is_one_row(tmp_path):
    text = 'one, two\nthree "four" five,\n\nsix, seven'
    path = tmp_path / "posts.csv"
    records = [STUDY_POST | {"content": text, "post_id": str(x)} for x in range(3)]
    path.write_text(csv_text(records), newline="")
    assert [row["body"] for row in rows(path, "posts")] == [text] * 3


def test_a_row_of_several_lines_with_a_field_too_many_is_one_row(tmp_path):
    path = tmp_path / "posts.csv"
    stray = csv_lines("1", "2").replace("x,", 'x,"text\n""", a stray field,', 1)
    header, one, two, last = stray.split("\n", 3)
    # the second of its lines has as many fields as the header
    assert len(two.split(",")) == len(STUDY_COLUMNS)
    path.write_text("\n".join([header, one, two, last]))
    assert noted(path) == ["read_length", "2"]


def test_what_follows_a_closing_quote_belongs_to_the_field(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(csv_lines("1").replace("x,", '"a"b,', 1) + csv_lines("2")[-40:])
    assert noted(path)[0] == "1"


def test_quotes_that_stay_open_end_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FIELD_CHARACTERS", 2_000)
    monkeypatch.setattr(limits, "FAULTY_CHARACTERS", 20_000)
    path = tmp_path / "posts.csv"
    posts = [f"{x}open" for x in range(2_000)]
    # a doubled quote does not close the one before
    path.write_text(csv_lines(*posts).replace('"made', '"ma""de'))
    started = time.process_time()
    assert noted(path) == ["read_open_quote"] * 2_000
    assert time.process_time() - started < 5


def test_a_line_that_is_too_long_is_a_row_that_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LINE_CHARACTERS", 1_000)
    path = tmp_path / "posts.csv"
    path.write_text(csv_lines("1", "y" * 2_000, "2open", "z" * 2_000, "3"))
    assert noted(path) == [
        "1",
        "read_long_line",
        "read_open_quote",
        "read_long_line",
        "3",
    ]
    path.write_text("x," * 2_000)
    with pytest.raises(CrawlError, match="first line is longer than 1,000 characters"):
        recognise(path)


def test_a_text_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "TEXT_BYTES", 100)
    path = tmp_path / "posts.csv"
    path.write_text(csv_lines("1"))
    with pytest.raises(CrawlError, match="larger than 100 bytes"):
        recognise(path)


def test_columns_that_nobody_reads_are_named(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([{"feature": "f"} | STUDY_POST]), newline="")
    assert summary(path).unread_columns == ["feature"]
    files = read_crawl(str(path)).tables["files"].to_pylist()
    assert files[0]["_unread_columns"] == "feature"


# JSON ------------------------------------------------------------------------------


def test_numbers_stay_as_written_and_null_is_null(tmp_path):
    record = dict.fromkeys(NOTE, "x")
    text = json.dumps(record)[:-1] + (
        ', "time": 1736770000000, "liked_count": 1.50e3, "share_count": null,'
        ' "comment_count": true, "tag_list": ["a", 1.0, {"b": [null, false]}],'
        ' "last_modify_ts": 12345678901234567890123, "title": NaN}'
    )
    path = tmp_path / "notes.json"
    path.write_text(f"[{text}]")
    (row,) = rows(path, "posts")
    assert row["created_at"] == "1736770000000"
    assert row["like_count"] == "1.50e3"
    assert row["share_count"] is None
    assert row["comment_count"] == "true"
    assert row["tags"] == '["a", 1.0, {"b": [null, false]}]'
    assert row["captured_at"] == "12345678901234567890123"
    assert row["title"] == "NaN"


def test_half_a_surrogate_pair_does_not_stop_the_build(tmp_path):
    path = tmp_path / "notes.json"
    text = json.dumps([NOTE | {"title": "TITLE"}])
    path.write_text(text.replace("TITLE", r"cut \ud83d and \ud83d\ude00"))
    assert rows(path, "posts")[0]["title"] == "cut \ufffd and 😀"
    assert as_text("\ud83d") == "\ufffd"


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n"])
def test_a_broken_line_is_kept_with_its_problem(tmp_path, separator):
    path = tmp_path / "notes.jsonl"
    lines = [json.dumps(NOTE), '{"note_id": "cut', "[1]", json.dumps(NOTE)]
    path.write_text(separator.join(lines), newline="")
    found = rows(path, "posts")
    problems = [say(row["_problem"], "en") for row in found]
    line = 1 + len(separator.splitlines())
    assert problems == [
        None,
        f"broken JSON in line {line}",
        "JSON element is no object",
        None,
    ]


def test_text_may_hold_what_unicode_calls_a_line_end(tmp_path):
    path = tmp_path / "notes.jsonl"
    record = NOTE | {"title": "a\u2028b\x85c"}
    lines = [json.dumps(record, ensure_ascii=False)] * 2
    path.write_text("\n".join(lines), newline="")
    titles = [row["title"] for row in rows(path, "posts")]
    assert titles == ["a\u2028b\x85c"] * 2


@pytest.mark.parametrize("tail", [", 7]", ", null]"])
def test_what_is_no_object_in_an_array_is_kept_with_its_problem(tmp_path, tail):
    path = tmp_path / "notes.json"
    path.write_text("[\n" + json.dumps(NOTE) + tail)
    found = rows(path, "posts")
    problems = [say(row["_problem"], "en") for row in found]
    assert problems == [None, "JSON element is no object"]
    assert_holds(found[0], NOTE)


def note(number, **options):
    return json.dumps(NOTE | {"note_id": str(number)}, **options)


@pytest.mark.parametrize("options", [{}, {"indent": 1}, {"indent": 4}])
@pytest.mark.parametrize("between", ["", "\n", ",\n", "]\n[", "][", "\n]\n\n[\n"])
def test_records_may_follow_each_other_in_any_way(tmp_path, between, options):
    path = tmp_path / "notes.json"
    text = between.join(note(x, **options) for x in range(4))
    for written in (text, f"[{text}]"):
        path.write_text(written)
        assert noted(path) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("options", [{}, {"indent": 1}, {"indent": 4}])
@pytest.mark.parametrize("between", ["", "\n", ",\n", "]\n["])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_behind_half_a_record_the_next_is_read(tmp_path, between, options, share):
    path = tmp_path / "notes.json"
    parts = [note(x, **options) for x in range(4)]
    parts[1] = parts[1][: int(len(parts[1]) * share)]
    path.write_text("[" + between.join(parts) + "]")
    assert noted(path) == ["0", "read_broken_json", "2", "3"]


def test_a_part_of_a_broken_record_is_no_record(tmp_path):
    path = tmp_path / "notes.jsonl"
    inner = json.dumps({"tags": [{"name": "a"}, {"name": "b"}], "user": {"id": "c"}})
    path.write_text(f"{note(1)}\n{inner[:-1]}, cut\n{note(2)}")
    assert noted(path) == ["1", "read_broken_json", "2"]


@pytest.mark.parametrize(
    ("tail", "code"),
    [(', {"note_id": "cut', "read_broken_json"), ("", "read_array_cut")],
)
def test_an_array_that_breaks_off_ends_with_a_rejected_row(tmp_path, tail, code):
    path = tmp_path / "notes.json"
    path.write_text("[\n" + note(1) + tail)
    assert noted(path) == ["1", code]


def test_what_is_nested_too_deeply_is_a_rejected_row(tmp_path):
    path = tmp_path / "notes.jsonl"
    deep = ['{"a": ' + "[" * depth + "]" * depth + "}" for depth in (101, 100_000)]
    path.write_text("\n".join([note(1), *deep, note(2)]))
    assert noted(path) == ["1", "read_nested", "read_nested", "2"]


@pytest.mark.parametrize("part", ["[", '{"a":', '{"a":[', "{"])
def test_brackets_without_end_end_in_time(tmp_path, monkeypatch, part):
    monkeypatch.setattr(limits, "FAULTY_CHARACTERS", 100_000)
    path = tmp_path / "notes.json"
    started = time.process_time()
    for between in ("", "\n"):
        path.write_text(note(1) + "\n" + between.join([part] * 100_000))
        assert noted(path)[0] == "1"
    assert time.process_time() - started < 10


def test_columns_may_come_late_in_json(tmp_path):
    path = tmp_path / "comments.json"
    late = {key: value for key, value in COMMENT.items() if key != "like_count"}
    path.write_text(json.dumps([late, COMMENT]))
    found = rows(path, "comments")
    assert [row["like_count"] for row in found] == [None, "3"]


# SQLite ----------------------------------------------------------------------------


def test_a_database_holds_several_entities(tmp_path):
    path = tmp_path / "x.db"
    posts = [NOTE | {"id": 1, "add_ts": 5}, NOTE | {"id": 2, "add_ts": None}]
    other = {"comment_id": "w", "note_id": "w", "content": "w", "create_time": 1}
    sqlite_file(
        path,
        {
            "xhs_note": posts,
            "xhs_note_comment": [COMMENT],
            "weibo_note_comment": [other],
            "xhs_creator": [CREATOR],
        },
    ).close()
    crawl = read_crawl(str(path))
    first, second = crawl.tables["posts"].to_pylist()
    assert_holds(first, NOTE)
    assert_holds(second, NOTE)
    (comment,) = crawl.tables["comments"].to_pylist()
    assert_holds(comment, COMMENT)
    found = [(x.entity, x.row_count, x.is_used) for x in crawl.summaries]
    assert sorted(found) == [
        ("comments", 1, True),
        ("creators", 1, False),
        ("posts", 2, True),
    ]
    assert crawl.summaries[0].unread_columns == []


def test_values_of_a_database_become_text_unchanged(tmp_path):
    path = tmp_path / "x.db"
    record = NOTE | {
        "time": 1736770000000.0,
        "liked_count": 1.5,
        "tag_list": '"\\u65c5,b"',
        "desc": b"\xe5\xa5\xbd\xff",
    }
    sqlite_file(path, {"xhs_note": [record]}).close()
    (row,) = rows(path, "posts")
    assert row["created_at"] == "1736770000000"
    assert row["like_count"] == "1.5"
    assert row["tags"] == '"\\u65c5,b"'
    assert row["body"] == "好\ufffd"


def test_the_newer_variant_has_a_hash_in_place_of_the_user(tmp_path):
    gone = {"user_id", "avatar", "ip_location"}
    path = tmp_path / "x.db"
    note = {k: v for k, v in NOTE.items() if k not in gone} | {"creator_hash": "ab"}
    sqlite_file(path, {"xhs_note": [note]}).close()
    (row,) = rows(path, "posts")
    assert (row["user_id"], row["ip_place"]) == ("ab", None)


@pytest.mark.parametrize("kind", ["db", "parquet"])
def test_of_several_columns_the_first_that_is_not_blank_is_taken(tmp_path, kind):
    # a database that was kept over the change has both
    written = [("id1", "hash"), ("", "hash"), (None, "hash"), (" \u3000", "hash")]
    written += [("id2", None), (" ", None), (None, None)]
    records = [NOTE | {"user_id": x, "creator_hash": y} for x, y in written]
    path = tmp_path / f"x.{kind}"
    if kind == "db":
        sqlite_file(path, {"xhs_note": records}).close()
    else:
        pq.write_table(pa.Table.from_pylist(records), path)
    found = [row["user_id"] for row in rows(path, "posts")]
    assert found == ["id1", "hash", "hash", "hash", "id2", None, None]


def test_rows_that_are_still_in_the_log_are_read(tmp_path):
    path = tmp_path / "x.db"
    connection = sqlite_file(path, {"xhs_note": [NOTE]})
    connection.execute("pragma journal_mode = wal")
    connection.execute("insert into xhs_note select * from xhs_note")
    connection.commit()
    assert path.with_name("x.db-wal").stat().st_size > 0
    assert len(rows(path, "posts")) == 2
    connection.close()


def test_a_database_is_not_written_to(tmp_path):
    path = tmp_path / "x.db"
    sqlite_file(path, {"xhs_note": [NOTE]}).close()
    path.chmod(0o400)
    before = path.read_bytes()
    assert len(rows(path, "posts")) == 1
    assert path.read_bytes() == before
    assert [x.name for x in tmp_path.iterdir()] == ["x.db"]


def test_a_table_without_rows_is_recognised(tmp_path):
    path = tmp_path / "x.db"
    connection = sqlite_file(path, {"xhs_note": [NOTE]})
    connection.execute("delete from xhs_note")
    connection.commit()
    connection.close()
    assert rows(path, "posts") == []
    assert (summary(path).format, summary(path).row_count) == ("mediacrawler", 0)


# Parquet ---------------------------------------------------------------------------


def test_parquet_is_read_as_text(tmp_path, monkeypatch):
    monkeypatch.setattr("refugee_adaptation.crawl.parquet_files.BATCH_ROWS", 2)
    table = pa.table(
        {name: ["a", None, "c"] for name in STUDY_COLUMNS}
        | {
            "like_count": pa.array([1, None, 3]),
            "share_count": [1.0, float("nan"), 12345678901.0],
            "collect_count": [1.5, None, 2.0],
        }
    )
    path = tmp_path / "posts.parquet"
    pq.write_table(table, path)
    found = rows(path, "posts")
    assert [row["title"] for row in found] == ["a", None, "c"]
    assert [row["like_count"] for row in found] == ["1", None, "3"]
    assert [row["share_count"] for row in found] == ["1", None, "12345678901"]
    assert [row["collect_count"] for row in found] == ["1.5", None, "2"]
    assert [row["_row_number"] for row in found] == [1, 2, 3]
    assert {row["_problem"] for row in found} == {None}


def test_parquet_of_nested_values_is_refused(tmp_path):
    table = pa.table({name: [["a"]] for name in STUDY_COLUMNS})
    path = tmp_path / "posts.parquet"
    pq.write_table(table, path)
    with pytest.raises(CrawlError, match="column `post_id` holds no plain values"):
        read_crawl(str(path))


def test_numbers_are_written_in_full():
    assert number_as_text(5) == "5"
    assert number_as_text(5.0) == "5"
    assert number_as_text(-0.25) == "-0.25"
    assert number_as_text(1e300) == "1e+300"


# what is empty, and what stops the build -------------------------------------------


@pytest.mark.parametrize("content", ["", " \r\n", "\ufeff", "[]", "[ \n]"])
def test_an_empty_file_is_reported(tmp_path, content):
    path = tmp_path / "posts.json"
    path.write_text(content)
    crawl = read_crawl(str(tmp_path))
    assert {crawl.tables[name].num_rows for name in FIELDS} == {0}
    assert crawl.tables["files"].to_pylist() == [
        {
            "_source_file": "posts.json",
            "_format": "empty",
            "_entity": "none",
            "_encoding": "none",
            "_row_count": "0",
            "_problem_count": "0",
            "_unread_columns": None,
            "_is_synthetic": "false",
        }
    ]


@pytest.mark.parametrize(
    ("picture", "is_synthetic"),
    [
        ("https://synthetic.example/1", True),
        ("https://pictures.example/1", False),
        ("https://real.host/https://synthetic.example/1", False),
        ("", False),
    ],
)
def test_a_generated_crawl_is_known_by_its_pictures(tmp_path, picture, is_synthetic):
    path = tmp_path / "posts.csv"
    values = ["x" if name != "post_image" else picture for name in STUDY_COLUMNS]
    path.write_text(",".join(STUDY_COLUMNS) + "\n" + ",".join(values) + "\n")
    assert summary(path).is_synthetic == is_synthetic


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(",".join(STUDY_COLUMNS))
    assert rows(path, "posts") == []
    names = read_crawl(str(path)).tables["posts"].schema.names
    assert [name for name in names if name[0] != "_"] == list(FIELDS["posts"])


def broken_sqlite(path):
    sqlite_file(path, {"xhs_note": [NOTE] * 500}).close()
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def zeroed_sqlite(path):
    sqlite_file(path, {"xhs_note": [NOTE] * 500}).close()
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2].ljust(len(raw), b"\x00"))


def broken_parquet(path):
    path.write_bytes(b"PAR1 and nothing else")


def zeroed_parquet(path):
    columns = {name: [f"{name}{i}" for i in range(50)] for name in STUDY_COLUMNS}
    pq.write_table(pa.table(columns), path, compression="zstd")
    raw = path.read_bytes()
    path.write_bytes(raw[:4] + bytes(200) + raw[204:])


BROKEN = {
    "unknown.csv": lambda path: path.write_text("a,b\n1,2\n"),
    "unknown.json": lambda path: path.write_text('{"a": 1}'),
    "broken.json": lambda path: path.write_text('{"note_id": '),
    "deep.json": lambda path: path.write_text("[" * 100_000),
    "elements.json": lambda path: path.write_text("[1, 2]"),
    "page.json": lambda path: path.write_text("<html><body>log in</body></html>"),
    "book.xlsx": lambda path: path.write_bytes(b"PK\x03\x04 and so on"),
    "noise.db": lambda path: path.write_bytes(bytes(range(256))),
    "cut.db": broken_sqlite,
    "zeroed.db": zeroed_sqlite,
    "zeroed.parquet": zeroed_parquet,
    "other.db": lambda path: sqlite_file(path, {"t": [{"a": 1}]}).close(),
    "broken.parquet": broken_parquet,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_data_file_that_cannot_be_read_stops_with_one_sentence(tmp_path, name):
    (tmp_path / "good.csv").write_text(csv_text([STUDY_POST]), newline="")
    BROKEN[name](tmp_path / name)
    with pytest.raises(CrawlError) as caught:
        read_crawl(str(tmp_path))
    message = str(caught.value)
    assert f"`{name}`" in message
    assert "; expected a CSV, JSON, JSONL" in message
    assert message.endswith(".")
    assert "\n" not in message
    assert str(tmp_path) not in message


@pytest.mark.parametrize(
    "columns", [x.required for x in LAYOUTS if x.entity == "other platform"]
)
def test_another_platform_is_known_by_its_columns(tmp_path, columns):
    path = tmp_path / "contents.csv"
    path.write_text(csv_text([COMMENT | NOTE | dict.fromkeys(columns, "x")]))
    (found,) = read_crawl(str(path)).summaries
    assert (found.entity, found.is_used) == ("other platform", False)


def test_the_folder_of_another_platform_is_passed_over(tmp_path):
    for platform in ("xhs", "douyin", "zhihu"):
        (tmp_path / platform).mkdir()
    (tmp_path / "xhs/a.csv").write_text(csv_text([STUDY_POST]), newline="")
    (tmp_path / "douyin/creators.csv").write_text("user_id,gender\n1,2\n")
    # what is ours is read wherever it stands
    (tmp_path / "zhihu/b.csv").write_text(csv_text([STUDY_POST]), newline="")
    crawl = read_crawl(str(tmp_path))
    assert [x.source_file for x in crawl.summaries] == ["xhs/a.csv", "zhihu/b.csv"]
    assert describe(crawl).endswith(
        "Passed over, another platform's (folder douyin): douyin/creators.csv"
    )


def test_a_file_whose_name_is_no_utf8_is_read(tmp_path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xe3"))
    folder.mkdir()
    (folder / "a.csv").write_text(csv_text([STUDY_POST]), newline="")
    sqlite_file(folder / "b.db", {"xhs_note": [NOTE]}).close()
    pq.write_table(pa.Table.from_pylist([STUDY_POST]), tmp_path / "c.parquet")
    (tmp_path / "c.parquet").rename(folder / "c.parquet")
    table = read_crawl(str(tmp_path)).tables["posts"]
    names = [r"\xc4\xe3/" + name for name in ("a.csv", "b.db", "c.parquet")]
    assert table["_source_file"].to_pylist() == names


def test_what_is_missing_for_the_nearest_layout_is_said(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(csv_text([{k: v for k, v in NOTE.items() if k != "desc"}]))
    with pytest.raises(CrawlError, match=r"posts: it has .*title, but not desc; "):
        recognise(path)
