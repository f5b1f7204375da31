{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

authors as (
    select
        count(*) as user_count,
        count(*) filter (where is_bot_like) as bot_like_count,
        count(*) filter (where is_silent) as silent_count
    from anomalies
    where post_count > 0
),

counted as (
    select
        'bots_are_revealed' as claim_id,
        bot_like_count as found_count,
        user_count
    from authors
    union all
    select
        'silent_users' as claim_id,
        silent_count as found_count,
        user_count
    from authors
),

claims as (
    select
        claim_id,
        user_count as n,
        0.01 as null_value,
        true as is_identifiable,
        found_count / nullif(user_count, 0) as estimate,
        least(1, 2 * exact_tail(found_count, user_count, 0.01)) as p_value,
        exact_low(found_count, user_count) as interval_low,
        exact_high(found_count, user_count) as interval_high
    from counted
)

select * from claims
