with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

summarised as (
    select
        post_type,
        {{ engagement_summary() }}
    from posts
    group by post_type
)

select * from summarised
