with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

united as (
    select
        'post' as entity,
        post_id as row_id,
        source_file,
        row_number,
        crawl_format,
        row_status,
        rejection_reasons
    from post_rows
    union all
    select
        'comment' as entity,
        comment_id as row_id,
        source_file,
        row_number,
        crawl_format,
        row_status,
        rejection_reasons
    from comment_rows
)

select * from united
