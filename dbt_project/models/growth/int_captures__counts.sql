-- Every capture of a post or comment that more than one crawl holds, including the rows
-- that a newer capture superseded.
with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

captures as (
    select
        'post' as entity,
        post_id as item_id,
        created_at,
        captured_at,
        like_count,
        is_like_count_censored,
        source_file,
        row_number
    from post_rows
    where row_status <> 'rejected' and captured_at is not null
    union all
    select
        'comment' as entity,
        comment_id as item_id,
        created_at,
        captured_at,
        like_count,
        is_like_count_censored,
        source_file,
        row_number
    from comment_rows
    where row_status <> 'rejected' and captured_at is not null
),

-- a crawl meets an item under several keywords and writes it down each time: one file
-- is one capture, and its last row stands
last_rows as (
    select *
    from captures
    qualify
        row_number() over (
            partition by entity, item_id, source_file
            order by row_number desc
        ) = 1
),

-- the same capture may stand in two files
distinct_captures as (
    select *
    from last_rows
    qualify
        row_number() over (
            partition by entity, item_id, captured_at
            order by source_file desc
        ) = 1
),

numbered as (
    select
        entity,
        item_id,
        created_at,
        captured_at,
        like_count,
        is_like_count_censored,
        row_number() over (
            partition by entity, item_id
            order by captured_at
        ) as capture_number,
        count(*) over (partition by entity, item_id) as capture_count
    from distinct_captures
),

repeated as (
    select *
    from numbered
    where capture_count > 1
)

select * from repeated
