-- A share is shown only where the crawl identifies it. For still_active the retained
-- are those without the event, for the other outcomes those with it. Nobody is seen
-- after leaving, and most are last seen before it: still_active is a lower bound.
with

curves as (
    select * from {{ ref("survival_curves") }}
),

evidence as (
    select * from {{ ref("retention_identifiability") }}
),

gated as (
    select
        curves.outcome,
        curves.grouping,
        curves.group_name,
        curves.day,
        curves.at_risk_count,
        curves.event_count,
        curves.censored_count,
        evidence.comment_coverage_share,
        evidence.sampling_share,
        evidence.is_identifiable,
        evidence.reason_message,
        evidence.reason,
        evidence.reason_zh,
        curves.outcome = 'still_active' as is_survival,
        if(evidence.is_identifiable, curves.survival_share, null) as survival_share,
        if(evidence.is_identifiable, curves.survival_low_share, null)
            as survival_low_share,
        if(evidence.is_identifiable, curves.survival_high_share, null)
            as survival_high_share,
        if(evidence.is_identifiable, curves.survival_ceiling_share, null)
            as survival_ceiling_share
    from curves
    inner join evidence
        on
            curves.outcome = evidence.outcome
            and curves.grouping = evidence.grouping
            and curves.group_name = evidence.group_name
),

final as (
    select
        outcome,
        grouping,
        group_name,
        day,
        at_risk_count,
        event_count,
        censored_count,
        comment_coverage_share,
        sampling_share,
        is_identifiable,
        reason_message,
        reason,
        reason_zh,
        is_survival as is_lower_bound,
        grouping = 'adaptation_group' as is_hindsight,
        if(is_survival, survival_share, 1 - survival_share) as retained_share,
        if(is_survival, survival_low_share, 1 - survival_high_share)
            as retained_low_share,
        if(is_survival, survival_high_share, 1 - survival_low_share)
            as retained_high_share,
        if(is_survival, survival_ceiling_share, null) as retained_ceiling_share
    from gated
)

select * from final
