with

lists as (
    select * from {{ ref("recommended_items") }}
),

served as (
    select * from {{ ref("recommendation_groups") }}
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

events as (
    select * from {{ ref("int_interactions__events") }}
),

trials as (
    select * from {{ ref("int_interactions__signals") }}
),

standing as (
    select * from {{ ref("recommendation_standing") }}
),

findings as (
    select * from {{ ref("findings") }}
),

-- the strategy of the group, or else the blended list: whichever is not below a
-- baseline and rests on nothing that is not supported
shown as (
    select standing.*
    from standing
    left join findings on standing.finding_id = findings.finding_id
    where
        (standing.is_own or standing.strategy = 'blended')
        and (standing.finding_id is null or findings.verdict = 'supported')
        and not standing.is_below_baseline
    qualify
        row_number() over (
            partition by standing.adaptation_group order by standing.is_own desc
        ) = 1
),

popularity as (
    select
        item_kind,
        item_number,
        count(*) as people_count
    from events
    group by item_kind, item_number
),

evidence as (
    select
        item_kind,
        item_number,
        signal_name,
        count(*) filter (where is_positive) as positive_count,
        count(*) as trial_count
    from trials
    group by item_kind, item_number, signal_name
),

chosen as (
    select
        served.user_id,
        served.adaptation_group,
        lists.recommendation_rank,
        lists.strategy,
        lists.item_kind,
        items.item_id,
        lists.score,
        lists.recency_score,
        lists.co_occurrence_score,
        lists.shared_tag_score,
        lists.strategy_score,
        shown.finding_id,
        shown.evaluated_group,
        shown.verdict as strategy_verdict,
        coalesce(evidence.positive_count, 0) as evidence_count,
        coalesce(evidence.trial_count, 0) as evidence_trial_count,
        coalesce(popularity.people_count, 0) as people_count,
        not shown.is_own as is_fallback
    from served
    inner join shown on served.adaptation_group = shown.adaptation_group
    inner join lists
        on
            served.user_number = lists.user_number
            and shown.strategy = lists.strategy
    inner join items
        on
            lists.item_kind = items.item_kind
            and lists.item_number = items.item_number
    left join popularity
        on
            lists.item_kind = popularity.item_kind
            and lists.item_number = popularity.item_number
    left join evidence
        on
            lists.item_kind = evidence.item_kind
            and lists.item_number = evidence.item_number
            and shown.signal_name = evidence.signal_name
    -- a score of 0 means that nothing speaks for the item: no list is better than that
    where lists.score > 0
),

reasoned as (
    select
        -- ids
        user_id,
        recommendation_rank,
        adaptation_group,
        strategy,
        item_kind,
        item_id,
        finding_id,

        -- strings
        json_object(
            'code', 'listed_because',
            'why', json_object(
                'code', case
                    when strategy = 'blended' then 'why_blended'
                    when evidence_trial_count = 0 then 'why_nothing'
                    else 'why_' || strategy
                end,
                'people', people_count,
                'count', evidence_count,
                'trials', evidence_trial_count,
                'letters', {{ var("short_comment_length") }}
            ),
            'recent', recency_score,
            'people', co_occurrence_score,
            'tags', shared_tag_score
        )::varchar as reason_message,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh,
        strategy_verdict,
        evaluated_group,

        -- numerics
        evidence_count,
        evidence_trial_count,
        evidence_count / nullif(evidence_trial_count, 0) as evidence_share,
        {{ wilson_bound("evidence_count", "evidence_trial_count", "low") }}
            as evidence_share_low,
        {{ wilson_bound("evidence_count", "evidence_trial_count", "high") }}
            as evidence_share_high,
        people_count,
        score,
        recency_score,
        co_occurrence_score,
        shared_tag_score,
        strategy_score,

        -- booleans
        is_fallback
    from chosen
)

select * from reasoned
