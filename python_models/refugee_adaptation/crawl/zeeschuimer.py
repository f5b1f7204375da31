"""Zeeschuimer's NDJSON: an item a line, posts in three shapes, replies in comments."""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

LAYOUTS = (
    Layout(
        format="zeeschuimer",
        entity="posts",
        within="data",
        fields={
            "post_id": ("data.note.noteId", "data.note_id", "data.id"),
            "user_id": ("data.note_card.user.user_id", "data.note.user.userId"),
            "title": ("data.note_card.display_title", "data.note.title", "data.title"),
            "body": ("data.note_card.desc", "data.note.desc"),
            "post_type": ("data.note_card.type", "data.note.type"),
            "like_count": (
                "data.note_card.interact_info.liked_count",
                "data.note.interactInfo.likedCount",
                "data.likes",
            ),
            "collect_count": (
                "data.note_card.interact_info.collected_count",
                "data.note.interactInfo.collectedCount",
            ),
            "comment_count": (
                "data.note_card.interact_info.comment_count",
                "data.note.interactInfo.commentCount",
            ),
            "share_count": (
                "data.note_card.interact_info.share_count",
                "data.note_card.interact_info.shared_count",
                "data.note.interactInfo.shareCount",
            ),
            "created_at": ("data.note_card.time", "data.note.time"),
            "captured_at": "timestamp_collected",
            "ip_place": ("data.note_card.ip_location", "data.note.ipLocation"),
        },
        required=("source_platform", "timestamp_collected"),
        any_of=(
            ("data.note_card.display_title",),
            ("data.note_card.type",),
            ("data.note.noteId",),
            ("data._zs-origin",),
        ),
        names=(
            "data.note_card.user.nickname",
            "data.note_card.user.nick_name",
            "data.note.user.nickname",
            "data.note.user.nickName",
            "data.user.nickname",
            "data.author_name",
        ),
    ),
    Layout(
        format="zeeschuimer",
        entity="comments",
        within="data",
        replies="sub_comments",
        made=("data.root_id",),
        fields={
            "comment_id": "data.id",
            "post_id": "data.note_id",
            "user_id": "data.user_info.user_id",
            # of a nested reply the comment replied to, else the root it stands in
            "parent_comment_id": ("data.target_comment.id", "data.root_id"),
            "body": "data.content",
            "like_count": "data.like_count",
            "reply_count": "data.sub_comment_count",
            "created_at": "data.create_time",
            "captured_at": "timestamp_collected",
            "ip_place": "data.ip_location",
        },
        required=("source_platform", "timestamp_collected", "data.id", "data.content"),
        names=(
            "data.user_info.nickname",
            "data.target_comment.user_info.nickname",
        ),
    ),
)
