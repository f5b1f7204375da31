with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

summarised as (
    select
        post_date,
        {{ engagement_summary() }}
    from posts
    group by post_date
)

select * from summarised
