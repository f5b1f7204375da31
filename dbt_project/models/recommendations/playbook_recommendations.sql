with

playbook as (
    select * from {{ ref("playbook") }}
),

findings as (
    select * from {{ ref("findings") }}
),

strategies as (
    select * from {{ ref("recommendation_strategies") }}
),

signals as (
    select * from {{ ref("int_interactions__signals") }}
),

-- a strategy without a single trial in favour has nothing to show on this crawl
usable_strategies as (
    select distinct strategies.strategy
    from strategies
    left join signals on strategies.signal_name = signals.signal_name
    where strategies.signal_name is null or signals.is_positive
),

standing as (
    select * from {{ ref("recommendation_standing") }}
    where not is_below_baseline
),

influencers as (
    select * from {{ ref("cascade_influencers") }}
),

named_roles as (
    select distinct influence_role
    from influencers
    where verdict = 'draws more than chance'
),

earned as (
    select
        playbook.playbook_id,
        playbook.finding_id,
        playbook.adaptation_group,
        playbook.recommendation_strategy,
        playbook.action,
        playbook.action_zh,
        playbook.why,
        playbook.why_zh,
        findings.sentence as finding_sentence
    from playbook
    inner join findings
        on
            playbook.finding_id = findings.finding_id
            and findings.verdict = 'supported'
    inner join usable_strategies
        on playbook.recommendation_strategy = usable_strategies.strategy
    inner join standing
        on
            playbook.recommendation_strategy = standing.strategy
            and playbook.adaptation_group = standing.adaptation_group
    where
        playbook.named_role is null
        or playbook.named_role in (select named_roles.influence_role from named_roles)
)

select * from earned
