with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

vocabulary as (
    select * from {{ ref("int_posts__vocabulary") }}
),

text_groups as (
    select * from {{ ref("int_posts__text_groups") }}
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

text_uses as (
    select
        posts.user_id,
        posts.created_at,
        text_groups.text_group_id,
        text_groups.shared_bits
    from text_groups
    inner join posts on text_groups.post_id = posts.post_id
),

-- a short line tells little, but its repetitions by one account add up
own_copies as (
    select
        user_id,
        count(*) as own_copy_count,
        0 as copying_user_count,
        0 as synchronised_user_count
    from text_uses
    group by
        user_id,
        text_group_id
    having (count(*) - 1) * min(shared_bits) >= {{ var("anomaly_copy_bits") }}
),

-- several people write one short line by chance, so each text must tell enough
shared_copies as (
    select
        user_id,
        0 as own_copy_count,
        count(distinct user_id) over (
            partition by text_group_id
        ) as copying_user_count,
        count(distinct user_id) over (
            partition by text_group_id
            order by created_at
            range between interval {{ var("anomaly_ring_minutes") }} minute preceding
            and interval {{ var("anomaly_ring_minutes") }} minute following
        ) as synchronised_user_count
    from text_uses
    where shared_bits >= {{ var("anomaly_copy_bits") }}
),

all_copies as (
    select * from own_copies
    union all
    select * from shared_copies
),

copies as (
    select
        user_id,
        max(own_copy_count) as own_copy_count,
        max(copying_user_count) as copying_user_count,
        max(synchronised_user_count) as synchronised_user_count
    from all_copies
    group by user_id
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
        rhythms.* exclude (user_id),
        totals.silent_post_count / totals.post_count as silent_share,
        coalesce(copies.own_copy_count, 0) as own_copy_count,
        coalesce(copies.copying_user_count, 0) as copying_user_count,
        coalesce(copies.synchronised_user_count, 0) as synchronised_user_count
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
