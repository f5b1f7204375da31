with

playbook as (
    select * from {{ ref("playbook") }}
),

findings as (
    select * from {{ ref("findings") }}
),

earned as (
    select
        playbook.playbook_id,
        playbook.finding_id,
        playbook.adaptation_group,
        playbook.recommendation_strategy,
        playbook.action,
        playbook.why,
        findings.sentence as finding_sentence
    from playbook
    inner join findings
        on
            playbook.finding_id = findings.finding_id
            and findings.verdict = 'supported'
)

select * from earned
