with

users as (
    select * from {{ ref("int_users__observed") }}
),

signs as (
    select * from {{ ref("int_users__anomaly_signs") }}
),

outliers as (
    select * from {{ ref("density_outliers") }}
),

judged as (
    select
        users.user_id,
        outliers.k_distance,
        signs.like_count_max,
        signs.influential_post_count,
        signs.silent_post_count,
        signs.counted_post_count,
        signs.hashtag_count_max,
        signs.stuffed_post_count,
        signs.promotion_post_count,
        signs.worded_promotion_post_count,
        signs.contact_post_count,
        signs.follow_train_post_count,
        signs.gap_minutes_min,
        signs.burst_count,
        signs.own_copy_count,
        signs.copying_user_count,
        coalesce(signs.post_count, 0) as post_count,
        coalesce(outliers.is_density_outlier, false) as is_density_outlier,
        coalesce(signs.influential_post_count > 0, false) as is_influencer,
        coalesce(signs.silent_post_count = signs.post_count, false) as is_silent,
        coalesce(signs.promotion_post_count > 0, false) as has_promotion,
        coalesce(signs.worded_promotion_post_count > 0, false) as has_promotion_words,
        coalesce(signs.contact_post_count > 0, false) as has_contact_details,
        coalesce(signs.stuffed_post_count > 0, false) as has_tag_stuffing,
        coalesce(signs.burst_count > 0, false) as has_burst,
        coalesce(signs.own_copy_count > 1, false) as has_near_duplicate,
        coalesce(signs.copying_user_count > 1, false) as has_coordinated_text
    from users
    left join signs on users.user_id = signs.user_id
    left join outliers on users.user_id = outliers.user_id
),

-- copies of one's own text and of somebody else's are one observation, not two, and so
-- are promotion and the contact details that belong to it; many hashtags and promotion
-- that is read from hashtags alone are both the hashtags
counted as (
    select
        *,
        has_burst::integer
        + (has_near_duplicate or has_coordinated_text)::integer
        + (has_promotion_words or has_contact_details)::integer
        + (
            has_tag_stuffing
            or (has_promotion and not (has_promotion_words or has_contact_details))
        )::integer
            as independent_sign_count,
        list_filter(
            [
                if(is_influencer, 'influencer', null),
                if(is_silent, 'silent', null),
                if(has_promotion, 'promotion', null),
                if(has_contact_details, 'contact_details', null),
                if(has_tag_stuffing, 'tag_stuffing', null),
                if(has_burst, 'burst', null),
                if(has_near_duplicate, 'near_duplicate', null),
                if(has_coordinated_text, 'coordinated', null),
                if(is_density_outlier, 'density_outlier', null)
            ],
            lambda code: code is not null
        ) as reason_codes
    from judged
),

anomalies as (
    select
        -- ids
        user_id,

        -- rules
        reason_codes,
        is_influencer,
        is_silent,
        is_density_outlier,

        -- evidence
        independent_sign_count,
        post_count,
        k_distance,
        like_count_max,
        influential_post_count,
        silent_post_count,
        hashtag_count_max,
        stuffed_post_count,
        promotion_post_count,
        worded_promotion_post_count,
        contact_post_count,
        follow_train_post_count,
        gap_minutes_min,
        burst_count,
        own_copy_count,
        copying_user_count,

        -- conclusions
        independent_sign_count >= 2 as is_bot_like,
        case
            when independent_sign_count >= 2 then 'bot-like'
            when has_promotion or has_contact_details then 'promotion'
            when is_influencer then 'influencer'
            when is_silent then 'silent'
            when len(reason_codes) > 0 then 'other'
            else 'none'
        end as anomaly_type,
        case
            when post_count = 0 then 'no posts observed'
            when counted_post_count = 0 then 'no counts crawled'
        end as abstention_reason
    from counted
)

select * from anomalies
