with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

summarised as (
    select
        post_month,
        {{ engagement_summary() }}
    from posts
    group by post_month
)

select * from summarised
