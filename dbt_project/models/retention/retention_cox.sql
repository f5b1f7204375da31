with

hazards as (
    select * from {{ ref("survival_hazards") }}
),

final as (
    select
        outcome,
        covariate,
        hazard_ratio,
        hazard_ratio_low,
        hazard_ratio_high,
        p_value,
        proportionality_p_value,
        user_count,
        event_count,
        concordance_score,
        reason,
        reason is null as is_identifiable,
        proportionality_p_value >= {{ var("retention_proportionality_p") }}
            as is_proportional,
        -- measured when the crawl ran, or found from the whole of it
        covariate = 'log_engagement_count' or covariate like 'group_name: %'
            as is_hindsight
    from hazards
)

select * from final
