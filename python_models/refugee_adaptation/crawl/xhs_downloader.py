"""XHS-Downloader's table of downloaded works, under its own Chinese names."""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

_FIELDS = {
    "post_id": ("作品ID",),
    "user_id": ("作者ID",),
    "title": ("作品标题",),
    "body": ("作品描述",),
    "tags": ("作品标签",),
    "post_type": ("作品类型",),
    "like_count": ("点赞数量",),
    "collect_count": ("收藏数量",),
    "comment_count": ("评论数量",),
    "share_count": ("分享数量",),
    # answers of its server have seconds since 1970 as well
    "created_at": ("时间戳", "发布时间"),
    "captured_at": ("采集时间",),
    # versions 1.9 to 2.0
    "ip_place": ("IP归属地",),
}
_REQUIRED = ("作品ID", "作品标题", "作者ID", "发布时间")

LAYOUTS = (
    Layout(
        format="xhs_downloader",
        entity="posts",
        fields=_FIELDS,
        required=_REQUIRED,
        withheld=("作者链接", "作品链接", "下载地址", "动图地址"),
        names=("作者昵称",),
        ignored=("最后更新时间",),
        table_name="explore_data",
    ),
    # the same inside an answer of its server
    Layout(
        format="xhs_downloader",
        entity="posts",
        within="data",
        fields={
            name: [f"data.{column}" for column in columns]
            for name, columns in _FIELDS.items()
        },
        required=[f"data.{column}" for column in _REQUIRED],
        names=("data.作者昵称",),
    ),
)
