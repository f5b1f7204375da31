with

adopted as (
    select * from {{ ref("hashtag_adoption_null") }}
    where subject = 'exposures'
),

curve as (
    select
        -- ids
        exposure_count,

        -- strings
        json_object(
            'code', case
                when exposure_count = 0 then 'met_earlier'
                when exposure_count = {{ var("adoption_max_exposures") }}
                    then 'met_often'
                when exposure_count = 1 then 'met_once'
                else 'met_times'
            end,
            'times', exposure_count
        )::varchar as exposure_message,
        say(exposure_message, 'en') as exposure_label,
        say(exposure_message, 'zh') as exposure_label_zh,
        case
            when occasion_count < {{ var("adoption_min_occasions") }}
                then 'not identifiable on this crawl'
            when coalesce(null_sd, 0) = 0
                then 'not identifiable on this crawl'
            when p_value < {{ var("claim_alpha") }}
                then 'above the shuffled rate'
            else 'not above the shuffled rate'
        end as verdict,

        -- numerics
        occasion_count,
        adoption_count,
        observed as adoption_rate,
        {{ wilson_bound("adoption_count", "occasion_count", "low") }}
            as adoption_rate_low,
        {{ wilson_bound("adoption_count", "occasion_count", "high") }}
            as adoption_rate_high,
        null_mean as null_rate,
        null_low as null_rate_low,
        null_high as null_rate_high,
        z_score,
        p_value,
        draw_count,

        -- booleans
        occasion_count >= {{ var("adoption_min_occasions") }}
        and coalesce(null_sd, 0) > 0 as is_identifiable
    from adopted
)

select * from curve
