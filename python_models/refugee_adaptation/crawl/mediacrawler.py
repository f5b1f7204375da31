"""MediaCrawler's notes, comments and creators, of every era.

Since July 2026 `creator_hash` stands in place of `user_id`, and `avatar` and
`ip_location` are gone. Databases add `add_ts`. `source_keyword`, `xsec_token`,
`pictures`, `parent_comment_id` and `like_count` came one after the other in 2024.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

POST_COLUMNS = (
    "note_id",
    "type",
    "title",
    "desc",
    "video_url",
    "time",
    "last_update_time",
    "user_id",
    "creator_hash",
    "nickname",
    "avatar",
    "liked_count",
    "collected_count",
    "comment_count",
    "share_count",
    "ip_location",
    "image_list",
    "tag_list",
    "add_ts",
    "last_modify_ts",
    "note_url",
    "source_keyword",
    "xsec_token",
)

COMMENT_COLUMNS = (
    "comment_id",
    "create_time",
    "ip_location",
    "note_id",
    "content",
    "user_id",
    "creator_hash",
    "nickname",
    "avatar",
    "sub_comment_count",
    "pictures",
    "parent_comment_id",
    "add_ts",
    "last_modify_ts",
    "like_count",
)

CREATOR_COLUMNS = (
    "user_id",
    "creator_hash",
    "nickname",
    "avatar",
    "gender",
    "ip_location",
    "desc",
    "follows",
    "fans",
    "interaction",
    "tag_list",
    "add_ts",
    "last_modify_ts",
)

_WITHHELD = {"nickname", "avatar", "video_url", "image_list", "note_url", "xsec_token"}

# its exports of other platforms share many names; these tell them apart
_OTHER_PLATFORMS = {"create_date_time", "comment_like_count", "aweme_id", "video_id"}

LAYOUTS = (
    Layout(
        format="mediacrawler",
        entity="posts",
        columns=POST_COLUMNS,
        required={"note_id", "title", "desc", "time", "liked_count"},
        excluded=_OTHER_PLATFORMS,
        ignored={"id"},
        withheld=_WITHHELD,
        table_name="xhs_note",
    ),
    Layout(
        format="mediacrawler",
        entity="comments",
        columns=COMMENT_COLUMNS,
        required={"comment_id", "note_id", "content", "create_time"},
        excluded=_OTHER_PLATFORMS,
        ignored={"id"},
        withheld=_WITHHELD,
        table_name="xhs_note_comment",
    ),
    Layout(
        format="mediacrawler",
        entity="creators",
        columns=CREATOR_COLUMNS,
        required={"nickname", "desc", "follows", "fans", "interaction"},
        excluded=_OTHER_PLATFORMS,
        ignored={"id"},
        withheld=_WITHHELD,
        table_name="xhs_creator",
        is_used=False,
    ),
)
