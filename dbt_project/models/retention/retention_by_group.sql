{%- set horizons = [1, 7, 14, 28] %}
with

curves as (
    select * from {{ ref("retention_curves") }}
),

evidence as (
    select * from {{ ref("retention_identifiability") }}
),

tests as (
    select * from {{ ref("survival_tests") }}
),

-- past the last user followed the curve has no row, so there is no share
horizons as (
    select
        outcome,
        grouping,
        group_name,
        {%- for day in horizons %}
            max(retained_share) filter (where day = {{ day }})
                as retained_{{ day }}d_share,
            max(retained_low_share) filter (where day = {{ day }})
                as retained_{{ day }}d_low_share,
            max(retained_high_share) filter (where day = {{ day }})
                as retained_{{ day }}d_high_share,
            max(retained_ceiling_share) filter (where day = {{ day }})
                as retained_{{ day }}d_ceiling_share,
        {%- endfor %}
        max(day) as followed_days,
        min(day) filter (
            where
            (outcome = 'still_active' and retained_share <= 0.5)
            or (outcome <> 'still_active' and retained_share >= 0.5)
        ) as median_days
    from curves
    group by outcome, grouping, group_name
),

joined as (
    select
        evidence.outcome,
        evidence.grouping,
        evidence.group_name,
        evidence.user_count,
        evidence.event_count,
        coalesce(horizons.followed_days, 0)::integer as followed_days,
        {%- for day in horizons %}
            horizons.retained_{{ day }}d_share,
            horizons.retained_{{ day }}d_low_share,
            horizons.retained_{{ day }}d_high_share,
            horizons.retained_{{ day }}d_ceiling_share,
        {%- endfor %}
        horizons.median_days,
        tests.logrank_statistic,
        tests.degrees_of_freedom as logrank_degrees_of_freedom,
        tests.p_value as logrank_p_value,
        tests.reason as logrank_reason,
        evidence.comment_coverage_share,
        evidence.sampling_share,
        evidence.is_identifiable,
        case
            when not evidence.is_identifiable then 'not identifiable'
            when horizons.retained_28d_share is null
                then 'followed for less than 28 days'
            when evidence.outcome = 'still_active'
                then printf(
                    'at least %.1f %% [%.1f, %.1f], at most %.1f %%',
                    100 * horizons.retained_28d_share,
                    100 * horizons.retained_28d_low_share,
                    100 * horizons.retained_28d_high_share,
                    100 * horizons.retained_28d_ceiling_share
                )
            else
                printf(
                    '%.1f %% [%.1f, %.1f]',
                    100 * horizons.retained_28d_share,
                    100 * horizons.retained_28d_low_share,
                    100 * horizons.retained_28d_high_share
                )
        end as retained_28d_label,
        evidence.reason_message,
        evidence.reason,
        evidence.reason_zh,
        evidence.outcome = 'still_active' as is_lower_bound,
        evidence.grouping = 'adaptation_group' as is_hindsight
    from evidence
    left join horizons
        on
            evidence.outcome = horizons.outcome
            and evidence.grouping = horizons.grouping
            and evidence.group_name = horizons.group_name
    left join tests
        on
            evidence.outcome = tests.outcome
            and evidence.grouping = tests.grouping
)

select * from joined
