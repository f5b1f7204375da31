with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

vocabulary as (
    select * from {{ ref("int_posts__vocabulary") }}
),

copies as (
    select * from {{ ref("int_users__copies") }}
),

rhythms as (
    select * from {{ ref("int_users__rhythms") }}
),

-- hashtags are what the platform suggests to everybody: who takes one of an agency
-- promotes nothing
post_categories as (
    select
        post_id,
        bool_or(category = 'promotion' and applies_to = 'text') as has_promotion,
        bool_or(category = 'follow_train') as has_follow_train
    from vocabulary
    group by post_id
),

contacts as (
    select
        post_id,
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
    from posts
),

described as (
    select
        posts.user_id,
        posts.like_count,
        posts.hashtag_count,
        contacts.has_contact,
        posts.like_count = 0
        and posts.collect_count = 0
        and posts.comment_count = 0
        and posts.share_count = 0
            as is_silent,
        coalesce(post_categories.has_promotion, false) as has_promotion,
        coalesce(post_categories.has_follow_train, false) as has_follow_train
    from posts
    inner join contacts on posts.post_id = contacts.post_id
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
        count(*) filter (where has_contact) as contact_post_count,
        count(*) filter (where has_follow_train) as follow_train_post_count
    from described
    group by user_id
),

counted as (
    select
        totals.*,
        rhythms.gap_minutes_min,
        rhythms.burst_count,
        rhythms.stretch_hours_max,
        rhythms.clock_evidence,
        totals.silent_post_count / totals.post_count as silent_share,
        {% for count in ["own_copy", "copying_user", "synchronised_user"] -%}
            coalesce(copies.{{ count }}_count, 0) as {{ count }}_count
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from totals
    inner join rhythms on totals.user_id = rhythms.user_id
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
    "contact_post_count",
    "follow_train_post_count",
    "gap_minutes_min",
    "burst_count",
    "stretch_hours_max",
    "clock_evidence",
    "own_copy_count",
    "copying_user_count",
    "synchronised_user_count",
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
