"""MediaCrawler's notes, comments and creators, of every era.

Since July 2026 `creator_hash` stands in place of `user_id`, and `avatar` and
`ip_location` are gone. Databases add `add_ts`. `source_keyword`, `xsec_token`,
`pictures`, `parent_comment_id` and `like_count` came one after the other in 2024.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

_NAMES = ("nickname",)
_WITHHELD = ("avatar", "video_url", "image_list", "note_url", "xsec_token")
_USER_ID = ("user_id", "creator_hash")
# a database's own counter and clock
_IGNORED = ("id", "add_ts")

# its exports of other platforms share many names; these tell them apart
_OTHER_PLATFORMS = (
    "aweme_id",
    "comment_like_count",
    "content_id",
    "create_date_time",
    "tieba_id",
    "video_id",
)
# two columns that Douyin, Bilibili and Kuaishou, Weibo, Tieba and Zhihu have
_ELSEWHERE = (
    ("aweme_id", "create_time"),
    ("video_id", "create_time"),
    ("create_date_time", "content"),
    ("tieba_id", "note_url"),
    ("content_id", "content_type"),
)

LAYOUTS = (
    Layout(
        format="mediacrawler",
        entity="posts",
        fields={
            "post_id": "note_id",
            "user_id": _USER_ID,
            "title": "title",
            "body": "desc",
            "tags": "tag_list",
            "post_type": "type",
            "like_count": "liked_count",
            "collect_count": "collected_count",
            "comment_count": "comment_count",
            "share_count": "share_count",
            "created_at": "time",
            # the time of the crawl, whatever the name says
            "captured_at": "last_modify_ts",
            "ip_place": "ip_location",
            "source_keyword": "source_keyword",
        },
        required=("note_id", "title", "desc", "time", "liked_count"),
        excluded=_OTHER_PLATFORMS,
        withheld=_WITHHELD,
        names=_NAMES,
        ignored=(*_IGNORED, "last_update_time"),
        table_name="xhs_note",
    ),
    Layout(
        format="mediacrawler",
        entity="comments",
        fields={
            "comment_id": "comment_id",
            "post_id": "note_id",
            "user_id": _USER_ID,
            # the comment replied to, not the first of the thread
            "parent_comment_id": "parent_comment_id",
            "body": "content",
            "like_count": "like_count",
            "reply_count": "sub_comment_count",
            "created_at": "create_time",
            "captured_at": "last_modify_ts",
            "ip_place": "ip_location",
            "pictures": "pictures",
        },
        required=("comment_id", "note_id", "content", "create_time"),
        excluded=_OTHER_PLATFORMS,
        withheld=_WITHHELD,
        names=_NAMES,
        ignored=_IGNORED,
        table_name="xhs_note_comment",
    ),
    Layout(
        format="mediacrawler",
        entity="creators",
        fields={},
        required=("nickname", "desc", "follows", "fans", "interaction"),
        excluded=_OTHER_PLATFORMS,
        withheld=_WITHHELD,
        names=_NAMES,
        ignored=(
            *_IGNORED,
            *_USER_ID,
            "gender",
            "ip_location",
            "tag_list",
            "last_modify_ts",
        ),
        table_name="xhs_creator",
    ),
    *(
        Layout(
            format="mediacrawler",
            entity="other platform",
            fields={},
            required=columns,
            withheld=(*_WITHHELD, *_NAMES),
        )
        for columns in _ELSEWHERE
    ),
)
