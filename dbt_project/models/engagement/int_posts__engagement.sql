-- Engagement is the sum of the four counts a post shows; a count that was not crawled
-- makes it null rather than smaller.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

engaged as (
    select
        post_id,
        post_number,
        user_id,
        post_type,
        post_hour,
        audience_hour,
        post_date,
        post_month,
        like_count,
        collect_count,
        comment_count,
        share_count,
        is_like_count_censored,
        is_collect_count_censored,
        is_comment_count_censored,
        is_share_count_censored,
        like_count + collect_count + comment_count + share_count as engagement,
        coalesce(like_count, 0)
        + coalesce(collect_count, 0)
        + coalesce(comment_count, 0)
        + coalesce(share_count, 0) as known_engagement,
        is_like_count_censored
        or is_collect_count_censored
        or is_comment_count_censored
        or is_share_count_censored as is_any_count_censored
    from posts
)

select * from engaged
