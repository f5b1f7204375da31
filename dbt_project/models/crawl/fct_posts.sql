with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

coverage as (
    select * from {{ ref("int_posts__comment_coverage") }}
),

final as (
    select
        -- ids
        posts.post_id,
        posts.user_id,
        posts.source_file,
        posts.crawl_format,
        posts.source_keyword,

        -- strings
        posts.title,
        posts.body,
        posts.text_clean,
        posts.hashtags,
        posts.language,
        posts.post_type,
        posts.ip_place,
        posts.created_at_evidence,

        -- numerics
        posts.like_count,
        posts.collect_count,
        posts.comment_count,
        posts.share_count,
        posts.post_hour,
        posts.audience_hour,
        posts.text_length,
        posts.hashtag_count,
        posts.mention_count,
        posts.sticker_count,
        posts.emoji_count,
        posts.han_share,
        posts.account_age_days,
        coverage.collected_comment_count,

        -- booleans
        posts.is_like_count_censored,
        posts.is_collect_count_censored,
        posts.is_comment_count_censored,
        posts.is_share_count_censored,
        posts.is_newcomer,

        -- dates and timestamps
        posts.post_date,
        posts.post_month,
        posts.audience_date,
        posts.created_at,
        posts.account_created_at,
        posts.captured_at
    from posts
    inner join coverage on posts.post_id = coverage.post_id
)

select * from final
