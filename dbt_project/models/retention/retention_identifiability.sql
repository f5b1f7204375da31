with

evidence as (
    select * from {{ ref("survival_evidence") }}
),

final as (
    select
        outcome,
        grouping,
        group_name,
        user_count,
        event_count,
        median_followup_days,
        seen_once_count,
        seen_twice_count,
        pool_low_count,
        sampling_share,
        mean_gap_days,
        first_wave_count,
        later_wave_count,
        seen_again_count,
        zero_expected_pool,
        comment_coverage_share,
        is_identifiable,
        reason,
        outcome = 'still_active' as is_lower_bound,
        grouping = 'adaptation_group' as is_hindsight
    from evidence
)

select * from final
