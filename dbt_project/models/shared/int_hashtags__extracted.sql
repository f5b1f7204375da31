with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

unnested as (
    select
        post_id,
        user_id,
        post_number,
        unnest(hashtags) as hashtag
    from posts
)

select * from unnested
