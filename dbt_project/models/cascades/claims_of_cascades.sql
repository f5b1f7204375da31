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
        case_count as n,
        is_identifiable,
        reason_message::json as reason_message,
        verdict = 'supported' as is_supported
    from summary
)

select * from claims
