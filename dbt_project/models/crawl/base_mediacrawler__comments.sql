{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

source as (
    select * from {{ source("crawl", "mediacrawler_comments") }}
),

renamed as (
    select
        _source_file as source_file,
        _row_number as row_number,
        _format as crawl_format,
        _problem as read_problem,
        coalesce({{ strip_space("last_modify_ts") }}, _captured_at) as captured_at_raw,
        lower({{ strip_space("comment_id") }}) as id_raw,
        lower(
            coalesce({{ strip_space("user_id") }}, {{ strip_space("creator_hash") }})
        ) as user_id_raw,
        lower({{ strip_space("note_id") }}) as post_id_raw,
        -- a comment of the first level replies to '0' or, since July 2026, to ''
        nullif(lower({{ strip_space("parent_comment_id") }}), '0')
            as parent_comment_id_raw,
        content as body_raw,
        like_count as like_count_raw,
        sub_comment_count as reply_count_raw,
        create_time as created_at_raw,
        ip_location as ip_place_raw,
        coalesce({{ strip_space("pictures") }} not in ('""'), false) as has_picture
    from source
),

protected as (
    {{ protect_ids(
        "renamed",
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
