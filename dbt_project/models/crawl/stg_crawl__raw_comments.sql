{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="source_file",
        full_refresh=not var("grow"),
        on_schema_change="fail",
    )
}}

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
        lower({{ strip_space("comment_id") }}) as id_raw,
        lower({{ strip_space("user_id") }}) as user_id_raw,
        lower({{ strip_space("post_id") }}) as post_id_raw,
        -- a comment of the first level replies to '0' or to nothing
        nullif(lower({{ strip_space("parent_comment_id") }}), '0')
            as parent_comment_id_raw,
        body as body_raw,
        like_count as like_count_raw,
        reply_count as reply_count_raw,
        created_at as created_at_raw,
        coalesce({{ strip_space("captured_at") }}, _captured_at) as captured_at_raw,
        ip_place as ip_place_raw,
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
        keep=[
            "like_count_raw",
            "reply_count_raw",
            "created_at_raw",
            "captured_at_raw",
            "ip_place_raw",
            "has_picture",
        ]
    ) }}
)

select * from protected
