{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

strategies as (
    select * from {{ ref("recommendation_strategies") }}
),

evaluation as (
    select * from {{ ref("recommendation_evaluation") }}
    where metric like 'recall@%'
),

audiences as (
    select adaptation_group from strategies
    union all
    select 'all' as adaptation_group
),

-- a strategy is judged on the group it serves, where that is large enough
standing as (
    select
        audiences.adaptation_group,
        strategies.strategy,
        strategies.item_kind,
        strategies.signal_name,
        strategies.finding_id,
        strategies.adaptation_group = audiences.adaptation_group as is_own,
        if(own.verdict is null, 'all', audiences.adaptation_group) as evaluated_group,
        coalesce(own.verdict, everybody.verdict, 'not identifiable on this crawl')
            as verdict,
        coalesce(own.is_below_baseline, everybody.is_below_baseline, false)
            as is_below_baseline
    from audiences
    cross join strategies
    left join evaluation as own
        on
            strategies.strategy = own.strategy
            and strategies.item_kind = own.item_kind
            and audiences.adaptation_group = own.adaptation_group
            and own.is_identifiable
    left join evaluation as everybody
        on
            strategies.strategy = everybody.strategy
            and strategies.item_kind = everybody.item_kind
            and everybody.adaptation_group = 'all'
)

select * from standing
