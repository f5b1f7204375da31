"""Answers of xiaohongshu-mcp: a note and its comments, whose replies are nested.

Whom a reply answers inside its thread is not given: its parent is the root.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

_COMMENT = "data.comments.list"

LAYOUTS = (
    Layout(
        format="xiaohongshu_mcp",
        entity="posts",
        within="data.note",
        fields={
            "post_id": "data.note.noteId",
            "user_id": "data.note.user.userId",
            "title": "data.note.title",
            "body": "data.note.desc",
            "post_type": "data.note.type",
            "like_count": "data.note.interactInfo.likedCount",
            "collect_count": "data.note.interactInfo.collectedCount",
            "comment_count": "data.note.interactInfo.commentCount",
            "share_count": "data.note.interactInfo.sharedCount",
            "created_at": "data.note.time",
            "ip_place": "data.note.ipLocation",
        },
        required=("feed_id", "data.note.noteId"),
        names=("data.note.user.nickname", "data.note.user.nickName"),
    ),
    Layout(
        format="xiaohongshu_mcp",
        entity="comments",
        within=_COMMENT,
        replies="subComments",
        made=(f"{_COMMENT}.root_id",),
        fields={
            "comment_id": f"{_COMMENT}.id",
            "post_id": f"{_COMMENT}.noteId",
            "user_id": f"{_COMMENT}.userInfo.userId",
            "parent_comment_id": f"{_COMMENT}.root_id",
            "body": f"{_COMMENT}.content",
            "like_count": f"{_COMMENT}.likeCount",
            "reply_count": f"{_COMMENT}.subCommentCount",
            "created_at": f"{_COMMENT}.createTime",
            "ip_place": f"{_COMMENT}.ipLocation",
        },
        required=("feed_id", f"{_COMMENT}.id", f"{_COMMENT}.content"),
        names=(f"{_COMMENT}.userInfo.nickname", f"{_COMMENT}.userInfo.nickName"),
    ),
)
