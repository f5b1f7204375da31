{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

accepted as (
    select
        comment_id,
        post_id,
        user_id,
        parent_comment_id,
        id_tiebreak,
        user_id_tiebreak,
        source_file,
        row_number,
        crawl_format,
        -- texts
        body_raw,
        ip_place_raw,
        created_at_raw,
        created_at_evidence,
        -- numerics
        like_count_raw,
        like_count,
        declared_reply_count,
        -- booleans
        is_like_count_censored,
        has_picture,
        -- timestamps
        created_at,
        comment_id_created_at,
        account_created_at,
        captured_at
    from comment_rows
    where row_status = 'accepted'
)

select * from accepted
