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

rules as (
    select * from {{ ref("anomaly_rules") }}
),

shown as (
    select
        user_id,
        sign,
        sign_value
    from signs
    union all
    select
        user_id,
        'is_density_outlier' as sign,
        is_density_outlier::integer::double as sign_value
    from outliers
),

held as (
    select
        shown.user_id,
        rules.rule_number,
        rules.reason_code,
        rules.family,
        rules.anomaly_type,
        rules.precedence
    from shown
    inner join rules
        on
            shown.sign = rules.sign
            and shown.sign_value >= rules.at_least
),

reasons as (
    select
        user_id,
        reason_code,
        min(rule_number) as rule_number
    from held
    group by
        user_id,
        reason_code
),

reason_lists as (
    select
        user_id,
        list(reason_code order by rule_number) as reason_codes
    from reasons
    group by user_id
),

-- signs of one family are one observation: copies of one's own text and of somebody
-- else's, posts in a burst and without sleep. A seller promotes, gives contact details
-- and many hashtags, and is no machine: these are of no family
verdicts as (
    select
        user_id,
        count(distinct family)::integer as independent_sign_count,
        arg_min(anomaly_type, precedence) as anomaly_type
    from held
    group by user_id
),

evidence as (
    select
        user_id,
        {% for sign in [
            "post_count",
            "counted_post_count",
            "like_count_max",
            "influential_post_count",
            "silent_post_count",
            "hashtag_count_max",
            "stuffed_post_count",
            "promotion_post_count",
            "contact_post_count",
            "follow_train_post_count",
            "burst_count",
            "own_copy_count",
            "copying_user_count",
            "synchronised_user_count",
        ] -%}
            (max(sign_value) filter (where sign = '{{ sign }}'))::bigint
                as {{ sign }},
        {% endfor -%}
        {% for sign in ["gap_minutes_min", "stretch_hours_max", "clock_evidence"] -%}
            max(sign_value) filter (where sign = '{{ sign }}') as {{ sign }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from signs
    group by user_id
),

judged as (
    select
        users.user_id,
        evidence.counted_post_count,
        evidence.like_count_max,
        evidence.influential_post_count,
        evidence.silent_post_count,
        evidence.hashtag_count_max,
        evidence.stuffed_post_count,
        evidence.promotion_post_count,
        evidence.contact_post_count,
        evidence.follow_train_post_count,
        evidence.gap_minutes_min,
        evidence.burst_count,
        evidence.stretch_hours_max,
        evidence.clock_evidence,
        evidence.own_copy_count,
        evidence.copying_user_count,
        evidence.synchronised_user_count,
        outliers.k_distance,
        coalesce(outliers.is_density_outlier, false) as is_density_outlier,
        coalesce(evidence.post_count, 0) as post_count,
        coalesce(reason_lists.reason_codes, []) as reason_codes,
        coalesce(verdicts.independent_sign_count, 0) as independent_sign_count,
        coalesce(
            verdicts.independent_sign_count
            >= {{ var("anomaly_independent_signs") }},
            false
        ) as is_bot_like,
        coalesce(verdicts.anomaly_type, 'none') as first_type
    from users
    left join evidence on users.user_id = evidence.user_id
    left join outliers on users.user_id = outliers.user_id
    left join reason_lists on users.user_id = reason_lists.user_id
    left join verdicts on users.user_id = verdicts.user_id
),

anomalies as (
    select
        -- ids
        user_id,

        -- rules
        reason_codes,
        is_density_outlier,

        -- evidence
        independent_sign_count,
        post_count,
        k_distance,
        like_count_max,
        influential_post_count,
        silent_post_count,
        stuffed_post_count,
        promotion_post_count,
        contact_post_count,
        follow_train_post_count,
        gap_minutes_min,
        burst_count,
        stretch_hours_max,
        clock_evidence,
        own_copy_count,
        copying_user_count,
        synchronised_user_count,

        -- conclusions
        is_bot_like,
        hashtag_count_max::integer as hashtag_count_max,
        list_contains(reason_codes, 'influencer') as is_influencer,
        list_contains(reason_codes, 'silent') as is_silent,
        if(is_bot_like, 'bot-like', first_type) as anomaly_type,
        case
            when post_count = 0 then 'no posts observed'
            when counted_post_count = 0 then 'no counts crawled'
        end as abstention_reason
    from judged
)

select * from anomalies
