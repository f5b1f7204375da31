{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

users as (
    select * from {{ ref("int_users__observed") }}
),

groups as (
    select * from {{ ref("adaptation_groups") }}
),

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

strategies as (
    select * from {{ ref("recommendation_strategies") }}
),

-- reach and silence call for lists of their own, whatever the group
grouped as (
    select
        users.user_id,
        users.user_number,
        case
            when anomalies.anomaly_type in ('influencer', 'silent')
                then anomalies.anomaly_type
            else coalesce(groups.group_name, 'unclassified')
        end as adaptation_group
    from users
    left join groups on users.user_id = groups.user_id
    left join anomalies on users.user_id = anomalies.user_id
),

served as (
    select
        grouped.user_id,
        grouped.user_number,
        grouped.adaptation_group,
        strategies.strategy,
        strategies.item_kind,
        strategies.signal_name
    from grouped
    inner join strategies on grouped.adaptation_group = strategies.adaptation_group
)

select * from served
