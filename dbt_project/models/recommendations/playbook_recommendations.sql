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
)

select * from earned
