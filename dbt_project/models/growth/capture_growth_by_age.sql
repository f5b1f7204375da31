-- How likes grow with the age of a post or comment, from those captured more than once.
-- A change from or to a lower bound is not known, so censored captures are left out.
with

growth as (
    select * from {{ ref("capture_growth") }}
),

intervals as (
    select
        entity,
        item_id,
        like_count_change,
        like_count_change / days_since_previous as likes_per_day,
        case
            when age_days - days_since_previous < 1 then 'first day'
            when age_days - days_since_previous < 7 then 'days 1 to 7'
            when age_days - days_since_previous < 30 then 'days 7 to 30'
            else 'after 30 days'
        end as age_at_first_capture
    from growth
    where
        days_since_previous > 0
        and like_count_change is not null
        and not is_like_count_censored
        and not is_previous_like_count_censored
),

counted as (
    select
        entity,
        age_at_first_capture,
        count(*) as interval_count,
        count(distinct item_id) as item_count,
        count(*) filter (where like_count_change > 0) as grown_count,
        count(*) filter (where like_count_change < 0) as shrunk_count,
        median(likes_per_day) as likes_per_day_median,
        quantile_cont(likes_per_day, 0.9) as likes_per_day_p90
    from intervals
    group by entity, age_at_first_capture
),

summarised as (
    select
        entity,
        age_at_first_capture,
        interval_count,
        item_count,
        likes_per_day_median,
        likes_per_day_p90,
        grown_count / interval_count as grown_share,
        {{ wilson_bound("grown_count", "interval_count", "low") }} as grown_share_low,
        {{ wilson_bound("grown_count", "interval_count", "high") }} as grown_share_high,
        shrunk_count / interval_count as shrunk_share
    from counted
)

select * from summarised
