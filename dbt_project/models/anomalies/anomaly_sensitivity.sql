with

sensitivity as (
    select * from {{ ref("density_sensitivity") }}
),

judged as (
    select
        eps,
        eps_factor,
        neighbour_count_min,
        user_count,
        outlier_count,
        outlier_share,
        jaccard_score,
        size_correlation,
        is_chosen
    from sensitivity
)

select * from judged
