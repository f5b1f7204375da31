{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

influence as (
    select * from {{ ref("cascade_influence_null") }}
),

draws as (
    select * from {{ ref("cascade_dispersion_draws") }}
),

observed as (
    select * from draws
    where draw = 0
),

nulls as (
    select
        shuffled.influence_role,
        avg(shuffled.statistic) as null_mean,
        stddev_samp(shuffled.statistic) as null_sd,
        quantile_cont(shuffled.statistic, 0.025) as null_low,
        quantile_cont(shuffled.statistic, 0.975) as null_high,
        (count(*) filter (where shuffled.statistic >= observed.statistic) + 1)
        / (count(*) + 1) as p_value,
        count(*) as draw_count
    from draws as shuffled
    inner join observed on shuffled.influence_role = observed.influence_role
    where shuffled.draw > 0
    group by shuffled.influence_role
),

-- a squared z-score is a comparison with the person's own null, 1 on average
spreads as (
    select
        influence_role,
        count(*) as case_count,
        stddev_samp(z_score ** 2) / sqrt(count(*)) as standard_error
    from influence
    where is_tested
    group by influence_role
),

claims as (
    select
        observed.influence_role || '_dispersion' as claim,
        observed.statistic as estimate,
        observed.statistic - 1.96 * spreads.standard_error as estimate_low,
        observed.statistic + 1.96 * spreads.standard_error as estimate_high,
        nulls.null_mean,
        nulls.null_sd,
        nulls.null_low,
        nulls.null_high,
        (observed.statistic - nulls.null_mean) / nullif(nulls.null_sd, 0) as z_score,
        nulls.p_value,
        spreads.case_count,
        10 as min_case_count,
        'people with at least {{ var("influence_min_actions") }} '
        || if(observed.influence_role = 'initiator', 'notes', 'comments') as case_label,
        spreads.case_count >= 10 as has_cases,
        nulls.draw_count
    from observed
    inner join nulls on observed.influence_role = nulls.influence_role
    inner join spreads on observed.influence_role = spreads.influence_role
)

select * from claims
