{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

draws as (
    select * from {{ ref("hashtag_adoption_draws") }}
),

hashtags as (
    select * from {{ ref("hashtag_adoption_null") }}
    where is_tested
),

exposed as (
    select * from draws
    where exposure_count > 0
),

-- A line through the rates, each weighted by its occasions. With exposure 0 its slope
-- would repeat that people adopt what they just met, without any dose.
slopes as (
    select
        draw,
        sum(occasion_count) filter (where exposure_count > 1) as case_count,
        (
            sum(exposure_count * adoption_count) * sum(occasion_count)
            - sum(exposure_count * occasion_count) * sum(adoption_count)
        ) / nullif(
            sum(exposure_count * exposure_count * occasion_count) * sum(occasion_count)
            - sum(exposure_count * occasion_count) ** 2,
            0
        ) as estimate
    from exposed
    group by draw
),

named as (
    select
        draw,
        occasion_count,
        adoption_count,
        if(
            exposure_count > 0, 'hashtag_adoption', 'adoption_without_recent_exposure'
        ) as claim
    from draws
),

rates as (
    select
        claim,
        draw,
        sum(occasion_count) as case_count,
        sum(adoption_count) as adopted_count
    from named
    group by claim, draw
),

drawn as (
    select
        claim,
        draw,
        case_count,
        adopted_count,
        adopted_count / nullif(case_count, 0) as estimate
    from rates
    union all
    select
        'adoption_dose_response' as claim,
        draw,
        case_count,
        null as adopted_count,
        estimate
    from slopes
),

observed as (
    select * from drawn
    where draw = 0
),

nulls as (
    select
        shuffled.claim,
        avg(shuffled.estimate) as null_mean,
        stddev_samp(shuffled.estimate) as null_sd,
        quantile_cont(shuffled.estimate, 0.025) as null_low,
        quantile_cont(shuffled.estimate, 0.975) as null_high,
        (count(*) filter (where shuffled.estimate >= observed.estimate) + 1)
        / (count(*) + 1) as p_value,
        count(*) as draw_count
    from drawn as shuffled
    inner join observed on shuffled.claim = observed.claim
    where shuffled.draw > 0
    group by shuffled.claim
),

-- the slope has no counts behind it and so no interval: the shuffles alone judge it
drawn_claims as (
    select
        observed.claim,
        observed.estimate,
        case
            when observed.adopted_count is not null
                then
                    {{ wilson_bound(
                        "observed.adopted_count", "observed.case_count", "low"
                    ) }}
        end as estimate_low,
        case
            when observed.adopted_count is not null
                then
                    {{ wilson_bound(
                        "observed.adopted_count", "observed.case_count", "high"
                    ) }}
        end as estimate_high,
        nulls.null_mean,
        nulls.null_sd,
        nulls.null_low,
        nulls.null_high,
        (observed.estimate - nulls.null_mean) / nullif(nulls.null_sd, 0) as z_score,
        if(observed.estimate is null, null, nulls.p_value) as p_value,
        observed.case_count::bigint as case_count,
        {{ var("adoption_min_occasions") }} as min_case_count,
        case observed.claim
            when 'adoption_without_recent_exposure'
                then 'notes that could have used a hashtag met earlier'
            when 'adoption_dose_response'
                then
                    'notes that could have used a hashtag met more than once since '
                    || 'the last one'
            else 'notes that could have used a hashtag met since the last one'
        end as case_label,
        coalesce(
            observed.case_count >= {{ var("adoption_min_occasions") }}
            and nulls.null_sd > 0,
            false
        ) as has_cases,
        nulls.draw_count
    from observed
    inner join nulls on observed.claim = nulls.claim
),

-- the smallest p-value adjusted for all hashtags is that of the claim about any of them
spread_claim as (
    select
        'hashtag_spread' as claim,
        count(*) filter (where p_value_adjusted < 0.05)::double as estimate,
        null::double as estimate_low,
        null::double as estimate_high,
        null::double as null_mean,
        null::double as null_sd,
        null::double as null_low,
        null::double as null_high,
        max(z_score) as z_score,
        min(p_value_adjusted) as p_value,
        count(*) as case_count,
        5 as min_case_count,
        'hashtags with at least {{ var("adoption_min_occasions") }} occasions'
            as case_label,
        count(*) >= 5 as has_cases,
        max(draw_count) as draw_count
    from hashtags
),

claims as (
    select * from drawn_claims
    union all
    select * from spread_claim
)

select * from claims
