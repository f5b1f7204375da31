with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

vocabulary as (
    select * from {{ ref("int_posts__vocabulary") }}
),

post_categories as (
    select
        post_id,
        bool_or(category = 'promotion') as has_promotion,
        bool_or(category = 'follow_train') as has_follow_train
    from vocabulary
    group by post_id
),

-- a copy is recognised by the letters of the body alone: titles, numbers, emoji and
-- hashtags are what copiers vary
texts as (
    select
        post_id,
        user_id,
        post_number,
        created_at,
        regexp_replace(
            {{ own_words("body") }}, '[^\p{L}]+', '', 'g'
        ) as letters,
        regexp_matches(
            text_clean,
            '(vx|wx|wechat|weixin|微信|whatsapp|telegram|qq)[号 ]*(id)?[:： ]*[a-z_-]*[0-9][a-z0-9_-]{2,}'
            || '|[a-z0-9._-]+@[a-z0-9-]+[.][a-z]{2,}'
            || '|(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)'
        ) as has_contact
    from posts
),

long_texts as (
    select
        post_id,
        user_id,
        md5(letters) as text_hash
    from texts
    where length(letters) >= {{ var("anomaly_copy_min_letters") }}
),

text_uses as (
    select
        text_hash,
        count(distinct user_id) as copying_user_count
    from long_texts
    group by text_hash
    having count(*) > 1
),

user_text_uses as (
    select
        long_texts.user_id,
        long_texts.text_hash,
        count(*) as own_copy_count,
        any_value(text_uses.copying_user_count) as copying_user_count
    from long_texts
    inner join text_uses on long_texts.text_hash = text_uses.text_hash
    group by
        long_texts.user_id,
        long_texts.text_hash
),

copies as (
    select
        user_id,
        max(own_copy_count) as own_copy_count,
        max(copying_user_count) as copying_user_count
    from user_text_uses
    group by user_id
),

gaps as (
    select
        post_id,
        date_diff(
            'second',
            lag(created_at) over (partition by user_id order by post_number),
            created_at
        ) / 60.0::double as gap_minutes
    from posts
),

signs as (
    select
        posts.user_id,
        count(*) as post_count,
        max(posts.like_count)::bigint as like_count_max,
        count(*) filter (
            where posts.like_count >= {{ var("anomaly_influencer_likes") }}
        ) as influential_post_count,
        count(*) filter (
            where
                posts.like_count = 0
                and posts.collect_count = 0
                and posts.comment_count = 0
                and posts.share_count = 0
        ) as silent_post_count,
        count(*) filter (where posts.like_count is not null) as counted_post_count,
        max(posts.hashtag_count) as hashtag_count_max,
        count(*) filter (
            where posts.hashtag_count >= {{ var("anomaly_stuffed_hashtags") }}
        ) as stuffed_post_count,
        count(*) filter (
            where coalesce(post_categories.has_promotion, false)
        ) as promotion_post_count,
        count(*) filter (where texts.has_contact) as contact_post_count,
        count(*) filter (
            where coalesce(post_categories.has_follow_train, false)
        ) as follow_train_post_count,
        min(gaps.gap_minutes) as gap_minutes_min,
        count(*) filter (
            where gaps.gap_minutes < {{ var("anomaly_burst_minutes") }}
        ) as burst_count,
        coalesce(any_value(copies.own_copy_count), 0) as own_copy_count,
        coalesce(any_value(copies.copying_user_count), 0) as copying_user_count
    from posts
    inner join texts on posts.post_id = texts.post_id
    inner join gaps on posts.post_id = gaps.post_id
    left join post_categories on posts.post_id = post_categories.post_id
    left join copies on posts.user_id = copies.user_id
    group by posts.user_id
)

select * from signs
