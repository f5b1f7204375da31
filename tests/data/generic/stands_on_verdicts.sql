{# Advice that stands on a finding that is not supported, or on a strategy whose recall is
   below that of popularity or of recent popularity with 95 % confidence: on the group it
   is for, where that was large enough to tell, and on everybody otherwise. `strategies`
   says which kind of item a strategy lists. #}
{% test stands_on_verdicts(model, findings, evaluation, strategies, strategy) %}
    with

    advised as (
        select distinct
            finding_id,
            adaptation_group,
            {{ strategy }} as strategy
        from {{ model }}
    ),

    judged as (
        select
            evaluated.strategy,
            evaluated.adaptation_group,
            least(
                evaluated.popularity_difference_high,
                evaluated.recent_popularity_difference_high
            ) < 0 as is_below
        from {{ evaluation }} as evaluated
        inner join {{ strategies }} as strategies
            on
                evaluated.strategy = strategies.strategy
                and evaluated.item_kind = strategies.item_kind
        where evaluated.metric like 'recall@%' and evaluated.is_identifiable
    )

    select
        advised.*,
        findings.verdict,
        coalesce(own.is_below, everybody.is_below) as is_below
    from advised
    left join {{ findings }} as findings on advised.finding_id = findings.finding_id
    left join judged as own
        on
            advised.strategy = own.strategy
            and advised.adaptation_group = own.adaptation_group
    left join judged as everybody
        on
            advised.strategy = everybody.strategy
            and everybody.adaptation_group = 'all'
    where
        (advised.finding_id is not null and findings.verdict is distinct from 'supported')
        or coalesce(own.is_below, everybody.is_below)
{% endtest %}
