"""XHS-Downloader's table of downloaded works, under its own Chinese names."""

from __future__ import annotations

from refugee_adaptation.crawl.layouts import Layout

POST_COLUMNS = (
    "采集时间",
    "作品ID",
    "作品类型",
    "作品标题",
    "作品描述",
    "作品标签",
    "发布时间",
    "最后更新时间",
    "收藏数量",
    "评论数量",
    "分享数量",
    "点赞数量",
    "作者昵称",
    "作者ID",
    "作者链接",
    "作品链接",
    "下载地址",
    "动图地址",
)

LAYOUTS = (
    Layout(
        format="xhs_downloader",
        entity="posts",
        columns=POST_COLUMNS,
        required={"作品ID", "作品标题", "作者ID", "发布时间"},
        withheld={"作者昵称", "作者链接", "作品链接", "下载地址", "动图地址"},
        table_name="explore_data",
    ),
)
