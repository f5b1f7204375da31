"""The study's own file: 15 columns, one row a post, and its Kaggle original.

The column `ip_localtion` is spelt so in the file. The Kaggle original names two
columns `image` and `type`.
"""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

LAYOUTS = (
    Layout(
        format="study",
        entity="posts",
        fields={
            "post_id": "post_id",
            "user_id": "user_id",
            "title": "title",
            "body": "content",
            "tags": "label",
            "post_type": ("post_type", "type"),
            "like_count": "like_count",
            "collect_count": "collect_count",
            "comment_count": "comment_count",
            "share_count": "share_count",
            "created_at": "create_time",
            "ip_place": "ip_localtion",
        },
        required=("post_id", "user_id", "content", "label", "create_time"),
        withheld=("address", "post_image", "image"),
        names=("user_name",),
    ),
)
