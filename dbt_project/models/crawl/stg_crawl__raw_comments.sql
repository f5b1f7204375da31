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

mediacrawler as (
    select * from {{ ref("base_mediacrawler__comments") }}
)

select
    source_file,
    row_number,
    crawl_format,
    comment_id,
    user_id,
    post_id,
    parent_comment_id,
    is_comment_id_valid,
    is_user_id_valid,
    comment_id_created_at,
    account_created_at,
    id_tiebreak,
    user_id_tiebreak,
    body_raw,
    like_count_raw,
    reply_count_raw,
    created_at_raw,
    captured_at_raw,
    ip_place_raw,
    has_picture,
    read_problem
from mediacrawler
