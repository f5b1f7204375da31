{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="source_file",
        full_refresh=not var("grow"),
        on_schema_change="fail",
    )
}}

-- nothing is read before the results of another crawl are known to be safe
-- depends_on: {{ ref("stg_crawl__files") }}
with

source as (
    select * from {{ source("crawl", "posts") }}
),

formats as (
    select * from {{ ref("crawl_formats") }}
),

cleaned as (
    select
        source._source_file as source_file,
        source._row_number as row_number,
        source._format as crawl_format,
        source._problem as read_problem,
        {{ id_text("source.post_id") }} as id_raw,
        {{ id_text("source.user_id") }} as user_id_raw,
        -- some crawlers repeat the start of the text as a missing title
        case
            when
                coalesce(
                    source.title
                    <> substr(source.body, 1, formats.title_from_body_length),
                    true
                )
                then source.title
        end as title_raw,
        source.body as body_raw,
        {{ text_list("source.tags", "formats.tag_separator") }} as tags_raw,
        {{ strip_space("source.post_type") }} as post_type_raw,
        source.like_count as like_count_raw,
        source.collect_count as collect_count_raw,
        source.comment_count as comment_count_raw,
        source.share_count as share_count_raw,
        source.created_at as created_at_raw,
        coalesce({{ strip_space("source.captured_at") }}, source._captured_at)
            as captured_at_raw,
        {{ strip_space("source.ip_place") }} as ip_place_raw,
        {{ strip_space("source.source_keyword") }} as source_keyword
    from source
    left join formats on source._format = formats.crawl_format
),

protected as (
    {{ protect_ids(
        "cleaned",
        entity="post",
        texts=["title_raw", "body_raw", "source_keyword"],
        text_lists=["tags_raw"],
        cells={
            "post_type_raw": "name",
            "like_count_raw": "count",
            "collect_count_raw": "count",
            "comment_count_raw": "count",
            "share_count_raw": "count",
            "created_at_raw": "time",
            "captured_at_raw": "time",
            "ip_place_raw": "place",
        }
    ) }}
)

select * from protected
