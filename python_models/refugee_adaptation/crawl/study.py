"""The study's own file: 15 columns, one row a post, and its Kaggle original.

The column `ip_localtion` is spelt so in the file. The Kaggle original names two
columns `image` and `type`.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

POST_COLUMNS = (
    "title",
    "content",
    "address",
    "label",
    "user_name",
    "user_id",
    "like_count",
    "collect_count",
    "comment_count",
    "share_count",
    "create_time",
    "post_id",
    "ip_localtion",
    "post_image",
    "post_type",
)

LAYOUTS = (
    Layout(
        format="study",
        entity="posts",
        columns=POST_COLUMNS,
        required={"post_id", "user_id", "content", "label", "create_time"},
        aliases={"image": "post_image", "type": "post_type"},
        withheld={"address", "user_name", "post_image"},
    ),
)
