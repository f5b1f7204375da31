with

comments as (
    select * from {{ ref("stg_crawl__raw_comments") }}
),

cells as (
    select
        *,
        {{ parse_count("like_count_raw") }} as like_cell,
        {{ parse_count("reply_count_raw") }} as reply_cell,
        {{ parse_time("created_at_raw") }} as created_cell,
        {{ parse_time("captured_at_raw") }} as captured_cell
    from comments
),

parsed as (
    select
        * exclude (like_cell, reply_cell),
        like_cell['value'] as like_count,
        like_cell['is_censored'] as is_like_count_censored,
        reply_cell['value'] as declared_reply_count,
        list_filter(
            [
                case
                    when read_problem is null and not is_comment_id_valid
                        then 'row_comment_id'
                end,
                case
                    when read_problem is null and not is_user_id_valid
                        then 'row_user_id'
                end,
                case
                    when read_problem is null and post_id is null then 'row_no_post_id'
                end,
                case
                    when read_problem is null and not like_cell['is_readable']
                        then 'row_like_count'
                end,
                case
                    when
                        read_problem is null
                        and not created_cell['is_readable']
                        and comment_id_created_at is null
                        then 'row_created_at'
                end
            ],
            lambda code: code is not null
        ) as problem_codes
    from cells
),

{{ judge_rows("parsed", entity="comment") }}

select
    comment_id,
    post_id,
    user_id,
    parent_comment_id,
    source_file,
    row_number,
    crawl_format,
    row_status,
    rejection_messages,
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
from judged
