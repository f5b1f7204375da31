with

draws as (
    select * from {{ ref("hashtag_adoption_draws") }}
),

rates as (
    select
        *,
        adoption_count / nullif(occasion_count, 0) as adoption_rate
    from draws
),

observed as (
    select * from rates
    where draw = 0
),

nulls as (
    select
        shuffled.exposure_count,
        avg(shuffled.adoption_rate) as null_rate,
        quantile_cont(shuffled.adoption_rate, 0.025) as null_rate_low,
        quantile_cont(shuffled.adoption_rate, 0.975) as null_rate_high,
        stddev_samp(shuffled.adoption_rate) as null_rate_sd,
        if(
            any_value(observed.adoption_rate) is null,
            null,
            (
                count(*) filter (
                    where shuffled.adoption_rate >= observed.adoption_rate
                ) + 1
            ) / (count(*) + 1)
        ) as p_value,
        count(*) as draw_count
    from rates as shuffled
    inner join observed on shuffled.exposure_count = observed.exposure_count
    where shuffled.draw > 0
    group by shuffled.exposure_count
),

curve as (
    select
        -- ids
        observed.exposure_count,

        -- strings
        case
            when observed.exposure_count = 0 then 'met earlier, not since the last note'
            when observed.exposure_count = {{ var("adoption_max_exposures") }}
                then observed.exposure_count || ' or more times since the last note'
            when observed.exposure_count = 1 then 'once since the last note'
            else observed.exposure_count || ' times since the last note'
        end as exposure_label,
        case
            when observed.occasion_count < {{ var("adoption_min_occasions") }}
                then
                    'not identifiable on this crawl: ' || observed.occasion_count
                    || ' occasions, {{ var("adoption_min_occasions") }} are needed'
            when coalesce(nulls.null_rate_sd, 0) = 0
                then 'not identifiable on this crawl: the shuffle changes nothing'
            when nulls.p_value < 0.05
                then 'above the shuffled rate'
            else 'not above the shuffled rate'
        end as verdict,

        -- numerics
        observed.occasion_count,
        observed.adoption_count,
        observed.adoption_rate,
        {{ wilson_bound("observed.adoption_count", "observed.occasion_count", "low") }}
            as adoption_rate_low,
        {{ wilson_bound("observed.adoption_count", "observed.occasion_count", "high") }}
            as adoption_rate_high,
        nulls.null_rate,
        nulls.null_rate_low,
        nulls.null_rate_high,
        (observed.adoption_rate - nulls.null_rate) / nullif(nulls.null_rate_sd, 0)
            as z_score,
        nulls.p_value,
        nulls.draw_count,

        -- booleans
        observed.occasion_count >= {{ var("adoption_min_occasions") }}
        and coalesce(nulls.null_rate_sd, 0) > 0 as is_identifiable
    from observed
    inner join nulls on observed.exposure_count = nulls.exposure_count
)

select * from curve
