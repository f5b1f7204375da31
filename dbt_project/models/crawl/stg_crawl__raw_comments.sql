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
    select * from {{ source("crawl", "comments") }}
),

cleaned as (
    select
        _source_file as source_file,
        _row_number as row_number,
        _format as crawl_format,
        _problem as read_problem,
        {{ id_text("comment_id") }} as id_raw,
        {{ id_text("user_id") }} as user_id_raw,
        {{ referred_id("post_id") }} as post_id_raw,
        {{ referred_id("parent_comment_id") }} as parent_comment_id_raw,
        body as body_raw,
        like_count as like_count_raw,
        reply_count as reply_count_raw,
        created_at as created_at_raw,
        coalesce({{ strip_space("captured_at") }}, _captured_at) as captured_at_raw,
        {{ strip_space("ip_place") }} as ip_place_raw,
        -- no picture is nothing, or nothing as JSON
        coalesce({{ strip_space("pictures") }} not in ('""'), false) as has_picture
    from source
),

protected as (
    {{ protect_ids(
        "cleaned",
        entity="comment",
        reference_ids=["post_id", "parent_comment_id"],
        texts=["body_raw"],
        cells={
            "like_count_raw": "count",
            "reply_count_raw": "count",
            "created_at_raw": "time",
            "captured_at_raw": "time",
            "ip_place_raw": "place",
        },
        keep=["has_picture"]
    ) }}
)

select * from protected
