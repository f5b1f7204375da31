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
        bool_or(category = 'promotion' and applies_to = 'text') as has_promotion_words,
        bool_or(category = 'follow_train') as has_follow_train
    from vocabulary
    group by post_id
),

own_texts as (
    select
        post_id,
        user_id,
        text_clean,
        {{ own_words("body") }} as body_clean
    from posts
),

-- a copy is recognised by the letters of the body alone: titles, numbers, emoji and
-- hashtags are what copiers vary
texts as (
    select
        post_id,
        user_id,
        regexp_replace(body_clean, '[^\p{L}]+', '', 'g') as letters,
        regexp_matches(
            text_clean,
            '(vx|wx|wechat|微信|whatsapp|telegram)[号:： ]*[a-z_-]*[0-9][a-z0-9]{2,}'
        )
        or regexp_matches(
            text_clean,
            '(wechat|微信|whatsapp|telegram)(号| id)? ?[:：] ?[a-z][a-z0-9_-]{4,}'
        )
        or contains(text_clean, '_mail_')
        or regexp_matches(text_clean, '(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)')
            as has_contact
    from own_texts
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

described as (
    select
        posts.user_id,
        posts.like_count,
        posts.hashtag_count,
        texts.has_contact,
        gaps.gap_minutes,
        posts.like_count = 0
        and posts.collect_count = 0
        and posts.comment_count = 0
        and posts.share_count = 0
            as is_silent,
        coalesce(post_categories.has_promotion, false) as has_promotion,
        coalesce(post_categories.has_promotion_words, false) as has_promotion_words,
        coalesce(post_categories.has_follow_train, false) as has_follow_train
    from posts
    inner join texts on posts.post_id = texts.post_id
    inner join gaps on posts.post_id = gaps.post_id
    left join post_categories on posts.post_id = post_categories.post_id
),

totals as (
    select
        user_id,
        count(*) as post_count,
        max(like_count)::bigint as like_count_max,
        count(*) filter (
            where like_count >= {{ var("anomaly_influencer_likes") }}
        ) as influential_post_count,
        count(*) filter (where is_silent) as silent_post_count,
        count(like_count) as counted_post_count,
        max(hashtag_count) as hashtag_count_max,
        count(*) filter (
            where hashtag_count >= {{ var("anomaly_stuffed_hashtags") }}
        ) as stuffed_post_count,
        count(*) filter (where has_promotion) as promotion_post_count,
        count(*) filter (where has_promotion_words) as worded_promotion_post_count,
        count(*) filter (where has_contact) as contact_post_count,
        count(*) filter (where has_follow_train) as follow_train_post_count,
        min(gap_minutes) as gap_minutes_min,
        count(*) filter (
            where gap_minutes < {{ var("anomaly_burst_minutes") }}
        ) as burst_count
    from described
    group by user_id
),

counted as (
    select
        totals.*,
        totals.silent_post_count / totals.post_count as silent_share,
        coalesce(copies.own_copy_count, 0) as own_copy_count,
        coalesce(copies.copying_user_count, 0) as copying_user_count,
        -- promotion that neither words nor contact details confirm
        if(
            totals.worded_promotion_post_count = 0 and totals.contact_post_count = 0,
            totals.promotion_post_count,
            0
        ) as tagged_promotion_post_count
    from totals
    left join copies on totals.user_id = copies.user_id
),

{% set signs = [
    "post_count",
    "counted_post_count",
    "like_count_max",
    "influential_post_count",
    "silent_post_count",
    "silent_share",
    "hashtag_count_max",
    "stuffed_post_count",
    "promotion_post_count",
    "worded_promotion_post_count",
    "tagged_promotion_post_count",
    "contact_post_count",
    "follow_train_post_count",
    "gap_minutes_min",
    "burst_count",
    "own_copy_count",
    "copying_user_count",
] -%}
signs as (
    {% for sign in signs -%}
        select
            user_id,
            '{{ sign }}' as sign,
            {{ sign }}::double as sign_value
        from counted
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from signs
