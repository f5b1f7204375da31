with

lists as (
    select * from {{ ref("recommended_items") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
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

scores as (
    select * from {{ ref("recommendation_scores") }}
),

strategies as (
    select * from {{ ref("recommendation_strategies") }}
),

groups as (
    select * from {{ ref("adaptation_groups") }}
),

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

-- reach and silence call for lists of their own, whatever the group
user_groups as (
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

evaluated as (
    select
        strategy,
        item_kind,
        difference_low,
        difference_high,
        user_count
    from scores
    where metric like 'recall@%'
),

chosen as (
    select
        user_groups.user_id,
        user_groups.adaptation_group,
        lists.recommendation_rank,
        lists.strategy,
        lists.item_kind,
        items.item_id,
        coalesce(evidence.positive_count, 0) as evidence_count,
        coalesce(evidence.trial_count, 0) as evidence_trial_count,
        coalesce(popularity.people_count, 0) as people_count,
        lists.score,
        lists.recency_score,
        lists.co_occurrence_score,
        lists.shared_tag_score,
        lists.strategy_score,
        case
            when
                evaluated.user_count is null
                or evaluated.user_count < {{ var("recommendation_min_users") }}
                then 'not identifiable on this crawl'
            when evaluated.difference_low > 0 then 'above popularity'
            when evaluated.difference_high < 0 then 'below popularity'
            else 'not distinguishable from popularity'
        end as strategy_verdict
    from user_groups
    inner join strategies
        on user_groups.adaptation_group = strategies.adaptation_group
    inner join lists
        on
            user_groups.user_number = lists.user_number
            and strategies.strategy = lists.strategy
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
            and strategies.signal_name = evidence.signal_name
    left join evaluated
        on
            lists.strategy = evaluated.strategy
            and lists.item_kind = evaluated.item_kind
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

        -- strings
        case
            when strategy = 'blended'
                then people_count || ' people commented under this note; '
            when evidence_trial_count = 0
                then 'No evidence for this strategy on this crawl; '
            when strategy = 'likely_to_answer'
                then
                    'Answered ' || evidence_count || ' of ' || evidence_trial_count
                    || ' comments addressed to them; '
            when strategy = 'bridging_content'
                then
                    evidence_count || ' of ' || evidence_trial_count
                    || ' people who commented are newcomers; '
            when strategy = 'local_formats'
                then
                    evidence_count || ' of ' || evidence_trial_count
                    || ' people who used it are established users; '
            when strategy = 'reach'
                then evidence_count || ' people commented under notes with it; '
            when strategy = 'low_threshold'
                then
                    evidence_count || ' of ' || evidence_trial_count
                    || ' comments have at most {{ var("short_comment_length") }} '
                    || 'characters; '
        end
        || 'recent activity ' || format('{:.2f}', recency_score)
        || ', shared people ' || format('{:.2f}', co_occurrence_score)
        || ', shared hashtags ' || format('{:.2f}', shared_tag_score)
        || ' of 1.' as reason,
        strategy_verdict,

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
        strategy_score
    from chosen
)

select * from reasoned
