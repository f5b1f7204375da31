"""Sheets of a note's comments with their levels, and of notes, as collectors sell them.

They name a note and an author by a link, and a reply's thread by where its row stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from refugee_adaptation.crawl.layouts import Layout
from refugee_adaptation.crawl.sheets import Record

_ID = re.compile(r"/([0-9a-f]{24})(?![0-9a-z])")
_ROOTS = frozenset({"一级评论", "根评论"})


def name_notes(records: Iterator[Record]) -> Iterator[Record]:
    """Take the ids out of the links to a note and its author, as `_note`, `_author`."""
    for record in records:
        ids = {
            "_note": _linked(record.values.get("笔记链接")),
            "_author": _linked(record.values.get("作者主页")),
        }
        yield replace(record, values={**record.values, **ids})


def place_replies(records: Iterator[Record]) -> Iterator[Record]:
    """Give a reply the nearest root above it under its note as `_root`."""
    roots: dict[str | None, str | None] = {}
    for record in name_notes(records):
        values = record.values
        note = values.get("_note")
        root = None
        if (values.get("评论级别") or "").strip() in _ROOTS:
            roots[note] = values.get("评论id")
        elif record.problem is None:
            root = roots.get(note)
        yield replace(record, values={**values, "_root": root})


def _linked(link: str | None) -> str | None:
    found = _ID.search(link or "")
    return found[1] if found else None


LAYOUTS = (
    Layout(
        format="comment_sheet",
        entity="posts",
        fields={
            "post_id": "_note",
            "user_id": "_author",
            "title": "标题",
            "like_count": "点赞数",
        },
        required=("标题", "笔记链接", "作者主页"),
        withheld=("作者头像", "笔记链接", "作者主页"),
        names=("作者",),
        derive=name_notes,
        made=("_note", "_author"),
    ),
    Layout(
        format="comment_sheet",
        entity="comments",
        fields={
            "comment_id": "评论id",
            "post_id": "_note",
            "user_id": "评论者id",
            "parent_comment_id": "_root",
            "body": "评论内容",
            "like_count": "评论点赞数",
            "created_at": "评论时间",
            "ip_place": "评论IP属地",
        },
        required=("笔记链接", "评论id", "评论级别", "评论者id", "评论内容"),
        withheld=("笔记链接", "评论者主页链接"),
        names=("评论者昵称",),
        ignored=("评论级别", "页码"),
        derive=place_replies,
        made=("_note", "_root"),
    ),
)
