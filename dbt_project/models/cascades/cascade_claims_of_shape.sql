{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

shapes as (
    select * from {{ ref("cascade_shape_null") }}
),

-- every tree against its own null: trees of other sizes are no noise
differences as (
    select
        statistic,
        count(*) as case_count,
        avg(observed - null_mean) as estimate,
        stddev_samp(observed - null_mean) / sqrt(count(*)) as standard_error
    from shapes
    where cascade_number > 0
    group by statistic
),

-- the mean over the cascades stands under cascade number 0
means as (
    select * from shapes
    where cascade_number = 0
),

claims as (
    select
        differences.statistic as claim,
        differences.estimate,
        differences.estimate - 1.96 * differences.standard_error as estimate_low,
        differences.estimate + 1.96 * differences.standard_error as estimate_high,
        0.0 as null_mean,
        means.null_sd,
        means.null_low - means.null_mean as null_low,
        means.null_high - means.null_mean as null_high,
        means.z_score,
        means.p_value,
        differences.case_count,
        5 as min_case_count,
        'trees with replies and at least {{ var("cascade_min_comments") }} comments'
            as case_label,
        differences.case_count >= 5 as has_cases,
        means.draw_count
    from differences
    inner join means on differences.statistic = means.statistic
)

select * from claims
