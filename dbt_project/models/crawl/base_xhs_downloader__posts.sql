{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

source as (
    select * from {{ source("crawl", "xhs_downloader_posts") }}
),

renamed as (
    select
        _source_file as source_file,
        _row_number as row_number,
        _format as crawl_format,
        _problem as read_problem,
        coalesce({{ strip_space("采集时间") }}, _captured_at) as captured_at_raw,
        lower({{ strip_space("作品ID") }}) as id_raw,
        lower({{ strip_space("作者ID") }}) as user_id_raw,
        作品标题 as title_raw,
        作品描述 as body_raw,
        作品类型 as post_type_raw,
        点赞数量 as like_count_raw,
        收藏数量 as collect_count_raw,
        评论数量 as comment_count_raw,
        分享数量 as share_count_raw,
        发布时间 as created_at_raw,
        null::varchar as ip_place_raw,
        null::varchar as source_keyword,
        {{ text_list("作品标签", " ") }} as tags_raw
    from source
),

protected as (
    {{ protect_ids(
        "renamed",
        entity="post",
        texts=["title_raw", "body_raw"],
        text_lists=["tags_raw"],
        keep=post_columns()
    ) }}
)

select * from protected
