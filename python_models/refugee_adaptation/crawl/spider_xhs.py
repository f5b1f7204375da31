"""Spider_XHS: workbooks under Chinese names, and info.json a note.

Lists stand there as Python writes them. Comments have no parent.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from refugee_adaptation.crawl.layouts import Layout
from refugee_adaptation.crawl.sheets import Record

_WITHHELD = ("用户主页url", "头像url", "笔记url", "图片地址url列表")
_LONGEST_LIST = 10_000


def join_tags(records: Iterator[Record]) -> Iterator[Record]:
    """Write the list of hashtags with commas between them, as `_tags`."""
    for record in records:
        written = record.values.get("标签") or record.values.get("tags")
        tags = _listed(written)
        yield replace(record, values={**record.values, "_tags": tags})


def _listed(written: str | None) -> str | None:
    if not written or not written.startswith("[") or len(written) > _LONGEST_LIST:
        return written
    try:
        items = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return written
    return ",".join(str(item) for item in items)


LAYOUTS = (
    Layout(
        format="spider_xhs",
        entity="posts",
        fields={
            "post_id": ("笔记id", "note_id"),
            "user_id": ("用户id", "user_id"),
            "title": ("标题", "title"),
            "body": ("描述", "desc"),
            "tags": "_tags",
            "post_type": ("笔记类型", "note_type"),
            "like_count": ("点赞数量", "liked_count"),
            "collect_count": ("收藏数量", "collected_count"),
            "comment_count": ("评论数量", "comment_count"),
            "share_count": ("分享数量", "share_count"),
            "created_at": ("上传时间", "upload_time"),
            "ip_place": ("ip归属地", "ip_location"),
        },
        required=(),
        any_of=(
            ("笔记id", "标题", "描述", "上传时间"),
            ("note_id", "title", "desc", "upload_time"),
        ),
        withheld=(
            *_WITHHELD,
            "视频封面url",
            "视频地址url",
            "note_url",
            "home_url",
            "avatar",
            "video_cover",
            "video_addr",
            "image_list",
        ),
        names=("昵称", "nickname"),
        ignored=("标签", "tags"),
        derive=join_tags,
        made=("_tags",),
    ),
    Layout(
        format="spider_xhs",
        entity="comments",
        fields={
            "comment_id": "评论id",
            "post_id": "笔记id",
            "user_id": "用户id",
            "body": "评论内容",
            "like_count": "点赞数量",
            "created_at": "上传时间",
            "ip_place": "ip归属地",
        },
        required=("笔记id", "评论id", "评论内容", "上传时间"),
        withheld=_WITHHELD,
        names=("昵称",),
        ignored=("评论标签",),
    ),
)
