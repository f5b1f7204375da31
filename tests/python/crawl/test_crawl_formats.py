"""The layouts of further crawlers, nested records, workbooks and archives."""

import gzip
import io
import json
import sqlite3
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from refugee_adaptation import checking as command
from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.names import MARK
from refugee_adaptation.crawl.reading import read_crawl
from refugee_adaptation.crawl.registry import fields_table
from refugee_adaptation.crawl.sheets import CrawlError
from refugee_adaptation.wording.messages import say

NOTE_ID = "6785000000000000000000a1"


def item(data, **more):
    envelope = {
        "nav_index": "1:1:1",
        "item_id": "i",
        "timestamp_collected": 1736870000000,
        "source_platform": "rednote",
        "source_url": "u",
        "data": data,
    }
    return json.dumps(envelope | more)


def table(path, entity):
    return [
        {key: value for key, value in row.items() if value is not None}
        for row in read_crawl(str(path)).tables[entity].to_pylist()
    ]


def values(row):
    return {key: value for key, value in row.items() if key[0] != "_"}


def test_the_table_of_fields_is_that_of_the_registry():
    assert fields_table() in (ROOT / "docs" / "formats.md").read_text("utf-8")


# Zeeschuimer -----------------------------------------------------------------------


def test_zeeschuimer_posts_have_three_shapes(tmp_path):
    api = {
        "id": "p1",
        "model_type": "note",
        "xsec_token": "t",
        "note_card": {
            "display_title": "one",
            "type": "video",
            "user": {"user_id": "u1", "nickname": "n"},
            "interact_info": {"liked_count": "1.2万"},
        },
    }
    page = {
        "id": "p2",
        "xsecToken": "t",
        "note": {
            "noteId": "p2",
            "title": "two",
            "desc": "text",
            "time": 1736770000000,
            "user": {"userId": "u2", "nickname": "n"},
            "interactInfo": {"likedCount": "3", "collectedCount": "4"},
        },
    }
    html = {"_zs-origin": "html", "id": "p3", "title": "three", "author_name": "n"}
    path = tmp_path / "zeeschuimer-export-rednote.ndjson"
    path.write_text("\n".join([*map(item, (api, page, html)), '{"other": {"a": 1}}']))
    *found, other = table(path, "posts")
    captured = {"captured_at": "1736870000000"}
    assert list(map(values, found)) == [
        captured
        | {
            "post_id": "p1",
            "user_id": "u1",
            "title": "one",
            "post_type": "video",
            "like_count": "1.2万",
        },
        captured
        | {
            "post_id": "p2",
            "user_id": "u2",
            "title": "two",
            "body": "text",
            "like_count": "3",
            "collect_count": "4",
            "created_at": "1736770000000",
        },
        captured | {"post_id": "p3", "title": "three"},
    ]
    # what is none of these is not lost
    assert say(other["_problem"], "en") == "JSON object of another shape"
    assert [row["_row_number"] for row in (*found, other)] == [1, 2, 3, 4]


def comment(name, **more):
    return {
        "id": name,
        "note_id": NOTE_ID,
        "content": f"text {name}",
        "create_time": 1736770000000,
        "user_info": {"user_id": f"u{name}", "nickname": "n"},
        "sub_comment_count": "0",
    } | more


def test_replies_that_stand_in_a_comment_are_comments(tmp_path):
    first = comment("2")
    second = comment("3", target_comment={"id": "2", "user_info": {}})
    path = tmp_path / "comments.ndjson"
    path.write_text(item(comment("1", sub_comments=[first, second])))
    found = table(path, "comments")
    assert [
        (row["comment_id"], row.get("parent_comment_id"), row["user_id"])
        for row in found
    ] == [("1", None, "u1"), ("2", "1", "u2"), ("3", "2", "u3")]
    assert {row["post_id"] for row in found} == {NOTE_ID}
    assert {row["_format"] for row in found} == {"zeeschuimer"}


# xiaohongshu-mcp -------------------------------------------------------------------


def answer():
    reply = {"id": "c2", "noteId": NOTE_ID, "content": "b", "userInfo": {"userId": "u"}}
    root = {
        "id": "c1",
        "noteId": NOTE_ID,
        "content": "a",
        "likeCount": "7",
        "subComments": [reply],
    }
    note = {
        "noteId": NOTE_ID,
        "title": "t",
        "time": 1736770000000,
        "user": {"userId": "u", "nickname": "n"},
        "interactInfo": {"likedCount": "1", "sharedCount": ""},
    }
    comments = {"list": [root], "cursor": "", "hasMore": False}
    return {"feed_id": NOTE_ID, "data": {"note": note, "comments": comments}}


@pytest.mark.parametrize("is_rpc", [True, False])
def test_an_answer_holds_a_post_and_its_comments(tmp_path, is_rpc):
    written = answer()
    if is_rpc:
        content = [{"type": "text", "text": json.dumps(written)}]
        written = {"jsonrpc": "2.0", "id": 1, "result": {"content": content}}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(written, indent=1))
    (post,) = table(path, "posts")
    assert (post["post_id"], post["user_id"], post["share_count"]) == (NOTE_ID, "u", "")
    first, second = table(path, "comments")
    assert (first["like_count"], "parent_comment_id" in first) == ("7", False)
    assert (second["comment_id"], second["parent_comment_id"]) == ("c2", "c1")


# Spider_XHS, 4CAT, XHS-Downloader --------------------------------------------------

SPIDER = {
    "笔记id": NOTE_ID,
    "用户id": "u",
    "昵称": "n",
    "标题": "无标题",
    "描述": "d",
    "点赞数量": "1",
    "标签": "['a', \"b's\"]",
    "上传时间": "2025-01-14 12:00:00",
    "ip归属地": "未知",
}


def workbook(sheets):
    """A workbook as others write it, of inline strings."""
    buffer = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        names = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>'
            for n, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets>'
            "</workbook>",
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" '
            f'Target="worksheets/s{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">{links}</Relationships>',
        )
        for n, rows in enumerate(sheets.values(), 1):
            cells = "".join(
                f'<row r="{r}">'
                + "".join(
                    f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{cell}</t></is></c>'
                    if isinstance(cell, str)
                    else f'<c r="{chr(65 + c)}{r}"><v>{cell}</v></c>'
                    for c, cell in enumerate(row)
                )
                + "</row>"
                for r, row in enumerate(rows, 1)
            )
            archive.writestr(
                f"xl/worksheets/s{n}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
            )
    return buffer.getvalue()


def test_an_answer_of_xhs_downloader_holds_a_work(tmp_path):
    work = {"作品ID": NOTE_ID, "作品标题": "t", "作者ID": "u", "发布时间": "x"}
    work |= {"时间戳": 1736770000.0, "IP归属地": "广东", "作者昵称": "n"}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"message": "ok", "params": {}, "data": work}))
    (row,) = table(path, "posts")
    assert (row["created_at"], row["ip_place"]) == ("1736770000.0", "广东")


def test_a_workbook_of_spider_xhs_is_read(tmp_path):
    path = tmp_path / "notes.xlsx"
    rows = [list(SPIDER), list(SPIDER.values()), [""] * len(SPIDER)]
    path.write_bytes(workbook({"Sheet": rows}))
    (row,) = table(path, "posts")
    assert (row["_format"], row["tags"], row["title"]) == (
        "spider_xhs",
        "a,b's",
        "无标题",
    )
    (summary,) = read_crawl(str(path)).summaries
    assert summary.unread_columns == []


def test_a_note_of_spider_xhs_as_json(tmp_path):
    path = tmp_path / "info.json"
    note = {"note_id": NOTE_ID, "title": "t", "desc": "d", "upload_time": "2025-01-14"}
    path.write_text(json.dumps(note | {"tags": ["a", "b"], "liked_count": "1"}))
    (row,) = table(path, "posts")
    assert (row["_format"], row["tags"], row["like_count"]) == (
        "spider_xhs",
        "a,b",
        "1",
    )


def test_a_workbook_of_mediacrawler_has_a_sheet_an_entity(tmp_path):
    notes = ["note_id", "title", "desc", "time", "liked_count"]
    comments = ["comment_id", "note_id", "content", "create_time"]
    path = tmp_path / "xhs_search_20251128_101530.xlsx"
    path.write_bytes(
        workbook(
            {
                "Contents": [["January"], notes, [NOTE_ID, "t", "d", 1736770000000, 7]],
                "Comments": [comments, ["c", NOTE_ID, "b", 1736770000000]],
                "Creators": [["a"], ["b"]],
            }
        )
    )
    (post,) = table(path, "posts")
    assert (post["created_at"], post["like_count"]) == ("1736770000000", "7")
    assert post["_captured_at"] == "2025-11-28"
    (found,) = table(path, "comments")
    assert found["comment_id"] == "c"


@pytest.mark.parametrize(
    ("columns", "entity", "form"),
    [
        ("id,thread_id,url,title,body,hashtags,author,likes", "posts", "fourcat"),
        ("id,thread_id,body,author,ip_location,likes,replies", "comments", "fourcat"),
        ("作品ID,作品标题,作者ID,发布时间,IP归属地", "posts", "xhs_downloader"),
        ("笔记id,评论id,用户id,评论内容,上传时间", "comments", "spider_xhs"),
    ],
)
def test_a_sheet_is_known_by_its_columns(tmp_path, columns, entity, form):
    path = tmp_path / "a.csv"
    path.write_text(columns + "\n" + ",".join("x" for _ in columns.split(",")) + "\n")
    (row,) = table(path, entity)
    assert row["_format"] == form


def test_a_reply_belongs_to_the_nearest_root_above_it(tmp_path):
    header = "笔记链接,评论id,评论级别,评论者昵称,评论者id,评论内容,评论时间"
    link = "https://www.xiaohongshu.com/explore/{}?xsec_token=t"
    levels = [("a", "1", "一级评论"), ("b", "2", "根评论"), ("a", "3", "二级评论")]
    levels += [
        ("b", "4", "二级展开评论"),
        ("a", "5", "一级评论"),
        ("c", "6", "二级评论"),
    ]
    path = tmp_path / "comments.csv"
    path.write_text(
        "\n".join(
            [
                header,
                *(
                    f"{link.format(note * 24)},{number},{level},n,u,x,2022/3/9 22:16"
                    for note, number, level in levels
                ),
            ]
        )
    )
    found = table(path, "comments")
    assert [row.get("parent_comment_id") for row in found] == [
        *(None, None, "1", "2", None, None)
    ]
    assert [row["post_id"] for row in found] == [x * 24 for x in "ababac"]
    assert "xsec" not in str(found)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_note_and_its_author_are_named_by_links(tmp_path, kind):
    note = {
        "标题": "t",
        "作者": "n",
        "笔记链接": "https://www.xiaohongshu.com/explore/" + "a" * 24,
        "作者主页": "https://www.xiaohongshu.com/user/profile/" + "b" * 24 + "?x=1",
        "点赞数": "7",
    }
    path = tmp_path / f"notes.{kind}"
    if kind == "csv":
        path.write_text(",".join(note) + "\n" + ",".join(note.values()) + "\n")
    else:
        pq.write_table(pa.Table.from_pylist([note]), path)
    (row,) = table(path, "posts")
    assert (row["post_id"], row["user_id"]) == ("a" * 24, "b" * 24)


# the setting `columns` --------------------------------------------------------------

OWN = """
posts:
  nid: post_id
  who: user_id
  text: body
  text in English: body
"""


def test_any_sheet_is_read_when_its_columns_are_named(tmp_path, monkeypatch, capsys):
    path = tmp_path / "a.csv"
    path.write_text("A title\nnid,who,nick,text,text in English\n1,2,zorble,,hello\n")
    with pytest.raises(CrawlError, match="the setting `columns` can say what is what"):
        read_crawl(str(path))
    columns = tmp_path / "columns.yml"
    columns.write_text(OWN)
    monkeypatch.setenv("ADAPTATION_COLUMNS", str(columns))
    (row,) = table(path, "posts")
    assert values(row) == {"post_id": "1", "user_id": "2", "body": "hello"}
    assert row["_format"] == "own_columns"
    monkeypatch.delenv("ADAPTATION_COLUMNS")
    assert command.main([str(path), "--columns", str(columns)]) == 0
    assert "own_columns  posts      1  other columns: nick" in capsys.readouterr().out
    # a column that names people
    columns.write_text(OWN + "  nick: author_name\n")
    path.write_text("nid,who,nick,text,text in English\n1,2,Zorble,,hello zorble\n")
    (row,) = read_crawl(str(path), str(columns)).tables["posts"].to_pylist()
    assert row["body"] == "hello " + 6 * MARK
    assert "Zorble" not in row.values()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "it has no entry"),
        ("notes: {a: b}", "`notes` is none of posts, comments"),
        ("posts: []", "`posts` names no column"),
        ("posts: {a: heart_count}", "no field of posts: heart_count"),
        ("posts: {a: [", "cannot be read as YAML"),
        (None, "cannot be read as YAML"),
    ],
)
def test_a_mistake_in_the_named_columns_is_said(tmp_path, content, problem):
    path = tmp_path / "columns.yml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CrawlError, match=problem):
        read_crawl("seeds/sample", str(path))


# compressed files and archives -----------------------------------------------------

CSV = "note_id,title,desc,time,liked_count\n" + f"{NOTE_ID},t,d,1736770000000,7\n"


def database(folder):
    path = folder / "made.db-made"
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute(
        "create table xhs_note (note_id, title, desc, time, liked_count)"
    )
    connection.execute("insert into xhs_note values ('a', 't', 'd', 1, '2')")
    connection.commit()
    connection.close()
    content = path.read_bytes()
    path.unlink()
    return content


def test_compressed_files_and_archives_are_opened(tmp_path):
    (tmp_path / "a_2025-01-23.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xhs/c_2025-01-24.csv", CSV)
        archive.writestr("xhs/d.db", database(tmp_path))
        archive.writestr("cover.jpg", "x")
        archive.writestr("__MACOSX/xhs/._c.csv", "x")
    found = [
        (row["_source_file"], row.get("_captured_at"))
        for row in table(tmp_path, "posts")
    ]
    assert found == [
        ("a_2025-01-23.csv.gz", "2025-01-23"),
        ("b.zip/xhs/c_2025-01-24.csv", "2025-01-24"),
        ("b.zip/xhs/d.db", None),
    ]


def zip_of(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv.gz", gzip.compress(b"x" * 20_000), "unfolds to more than 10,000 bytes"),
        ("a.zip", zip_of("x" * 20_000), "unfolds to more than 10,000 bytes"),
        ("a.xlsx", workbook({"a": [["x" * 20_000]]}), "unfolds to more than 10,000"),
        ("a.zip", zip_of(zip_of("x")), "`a.csv` in it: it is an archive in an archive"),
        ("a.gz", gzip.compress(CSV.encode())[:-9], "damaged or locked"),
        ("a.zip", zip_of(CSV)[:60], "damaged or locked"),
    ],
)
def test_archives_are_bounded(tmp_path, monkeypatch, name, content, problem):
    monkeypatch.setattr(limits, "EXPANDED_BYTES", 10_000)
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CrawlError, match=problem):
        read_crawl(str(path))


def test_an_archive_of_countless_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ARCHIVE_FILES", 3)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.csv", CSV)
    with pytest.raises(CrawlError, match="holds more than 3 files"):
        read_crawl(str(path))


def test_a_parquet_file_of_one_value_a_million_times_is_bounded(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    rows = 200_000
    names = ("note_id", "title", "desc", "time", "liked_count")
    columns = dict.fromkeys(names, ["x" * 50] * rows)
    pq.write_table(pa.table(columns), path)
    assert path.stat().st_size < 10_000
    assert read_crawl(str(path)).tables["posts"].num_rows == rows
    monkeypatch.setattr(limits, "EXPANDED_BYTES", 1_000_000)
    with pytest.raises(CrawlError, match="unfolds to more than 1,000,000 bytes"):
        read_crawl(str(path))


def test_sql_without_end_in_a_database_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SQLITE_STEPS", 100_000)
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) "
        "select i as note_id, i as title, i as desc, i as time, i as liked_count from n"
    )
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"create view xhs_note as {endless}")
    # a view is no table, and is not opened
    with pytest.raises(CrawlError, match="columns are those of no known export"):
        read_crawl(str(path))
    path.unlink()
    with sqlite3.connect(path) as connection:
        columns = "note_id, title, desc, time, liked_count"
        connection.execute(f"create table xhs_note ({columns})")
        connection.executemany(
            "insert into xhs_note values (1, 2, 3, 4, ?)", [(x,) for x in range(50_000)]
        )
    with pytest.raises(CrawlError, match=r"cannot be read \(interrupted"):
        read_crawl(str(path))
