{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

summary as (
    select * from {{ ref("cascade_summary") }}
),

claims as (
    select
        claim as claim_id,
        estimate,
        estimate_low as interval_low,
        estimate_high as interval_high,
        null_mean as null_value,
        -- beyond the shuffles and not by a few of the cases alone: both must hold, so
        -- the larger of the two counts. The least of several adjusted p values has no
        -- null of its own that a tail could be drawn from
        greatest(
            if(
                claim = 'hashtag_spread',
                p_value,
                {{ null_p_value("p_value", "z_score", "draw_count") }}
            ),
            {{ interval_p_value("estimate", "estimate_low", "null_mean") }}
        ) as p_value,
        case_count as n,
        is_identifiable,
        reason_message::json as reason_message,
        verdict = 'supported' as is_supported
    from summary
)

select * from claims
