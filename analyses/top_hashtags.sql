-- Which hashtags do newcomers use, and which do the others?
with

tagged_posts as (
    select
        user_id,
        is_newcomer,
        unnest(hashtags) as hashtag
    from fct_posts
)

select
    hashtag,
    count(*) as post_count,
    count(distinct user_id) as user_count,
    round(avg(is_newcomer::integer), 2) as newcomer_share
from tagged_posts
group by hashtag
order by post_count desc, hashtag asc
limit 20
