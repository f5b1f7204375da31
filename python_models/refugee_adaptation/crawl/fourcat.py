"""4CAT's CSV of what Zeeschuimer collected: nicknames, and no user ids.

Zeeschuimer's own NDJSON has the ids, the counts and who replied to whom.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

LAYOUTS = (
    Layout(
        format="fourcat",
        entity="posts",
        fields={
            "post_id": "id",
            "title": "title",
            "body": "body",
            "tags": "hashtags",
            "like_count": "likes",
            "created_at": ("unix_timestamp", "timestamp"),
        },
        required=("id", "thread_id", "title", "body", "hashtags", "likes"),
        withheld=(
            "author",
            "author_avatar_url",
            "collected_from_url",
            "image_url",
            "image_urls",
            "url",
            "video_url",
        ),
        ignored=("missing_fields",),
    ),
    Layout(
        format="fourcat",
        entity="comments",
        fields={
            "comment_id": "id",
            "post_id": "thread_id",
            "body": "body",
            "like_count": "likes",
            "reply_count": "replies",
            "created_at": ("unix_timestamp", "timestamp"),
            "ip_place": "ip_location",
        },
        required=("id", "thread_id", "body", "likes", "replies", "ip_location"),
        withheld=("author", "author_avatar_url", "collected_from_url", "url"),
    ),
)
