"""4CAT's CSV of what Zeeschuimer collected: nicknames, and no user ids.

A user is known by a hash of the nickname alone, so that people of one name are one, and
nobody's registration is known. Zeeschuimer's own NDJSON has the ids, the counts and who
replied to whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from refugee_adaptation.crawl.layouts import Layout
from refugee_adaptation.crawl.sheets import Record


def known_by_name(records: Iterator[Record]) -> Iterator[Record]:
    """Give each record the hash of its author's nickname, as `_author`."""
    for record in records:
        name = (record.values.get("author") or "").strip()
        # like a crawler's own hash of an id, which becomes a keyed pseudonym as ids do
        known = sha256(f"nickname {name}".encode()).hexdigest()[:16] if name else None
        yield replace(record, values={**record.values, "_author": known})


LAYOUTS = (
    Layout(
        format="fourcat",
        entity="posts",
        fields={
            "post_id": "id",
            "user_id": "_author",
            "title": "title",
            "body": "body",
            "tags": "hashtags",
            "like_count": "likes",
            "created_at": ("unix_timestamp", "timestamp"),
        },
        required=("id", "thread_id", "title", "body", "hashtags", "likes"),
        withheld=(
            "author_avatar_url",
            "collected_from_url",
            "image_url",
            "image_urls",
            "url",
            "video_url",
        ),
        names=("author",),
        ignored=("missing_fields",),
        derive=known_by_name,
        made=("_author",),
    ),
    Layout(
        format="fourcat",
        entity="comments",
        fields={
            "comment_id": "id",
            "user_id": "_author",
            "post_id": "thread_id",
            "body": "body",
            "like_count": "likes",
            "reply_count": "replies",
            "created_at": ("unix_timestamp", "timestamp"),
            "ip_place": "ip_location",
        },
        required=("id", "thread_id", "body", "likes", "replies", "ip_location"),
        withheld=("author_avatar_url", "collected_from_url", "url"),
        names=("author",),
        derive=known_by_name,
        made=("_author",),
    ),
)
