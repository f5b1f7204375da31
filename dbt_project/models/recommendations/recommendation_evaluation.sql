-- Estimates are means over people, one value each; their 95 % intervals are those of
-- means, by the variance between people.
with

trials as (
    select * from {{ ref("recommendation_trials") }}
),

served as (
    select * from {{ ref("recommendation_groups") }}
),

metrics as (
    unpivot (
        select
            user_number,
            item_kind,
            strategy,
            candidate_count,
            recall as "recall@{{ var('recommendation_length') }}",
            ndcg as "ndcg@{{ var('recommendation_length') }}",
            novelty
        from trials
    )
    on columns(* exclude (user_number, item_kind, strategy, candidate_count))
    into name metric value value
),

-- every list against what is popular, and popular lately, on the same person
compared as (
    select
        metrics.*,
        metrics.value - popular.value as popularity_difference,
        metrics.value - recent.value as recent_popularity_difference
    from metrics
    inner join metrics as popular
        on
            metrics.user_number = popular.user_number
            and metrics.item_kind = popular.item_kind
            and metrics.metric = popular.metric
            and popular.strategy = 'popularity'
    inner join metrics as recent
        on
            metrics.user_number = recent.user_number
            and metrics.item_kind = recent.item_kind
            and metrics.metric = recent.metric
            and recent.strategy = 'recent_popularity'
),

own as (
    select
        compared.*,
        served.adaptation_group
    from compared
    inner join served
        on
            compared.user_number = served.user_number
            and compared.item_kind = served.item_kind
            and compared.strategy = served.strategy
),

-- everybody by one strategy, everybody by that of their group, and group by group
measured as (
    select
        *,
        'all' as adaptation_group
    from compared
    union all
    select
        * exclude (adaptation_group) replace ('policy' as strategy),
        'all' as adaptation_group
    from own
    union all
    select * from own
),

-- in order, since a sentence shows these figures and floats add up otherwise in another
means as (
    select
        strategy,
        item_kind,
        adaptation_group,
        metric,
        avg(value order by user_number) as estimate,
        avg(popularity_difference order by user_number) as popularity_difference,
        avg(recent_popularity_difference order by user_number)
            as recent_popularity_difference,
        {% for name in [
            "value", "popularity_difference", "recent_popularity_difference"
        ] -%}
            1.96 * stddev_samp({{ name }} order by user_number) / sqrt(count(*))
                as {{ name }}_reach,
        {% endfor %}
        count(*) as user_count,
        max(candidate_count) as candidate_count
    from measured
    group by all
),

-- a resample repeats people and so covers less: coverage has no interval
coverages as (
    select
        strategy,
        item_kind,
        sum(newly_listed_count) / max(candidate_count) as estimate,
        count(*) as user_count,
        max(candidate_count) as candidate_count
    from trials
    group by strategy, item_kind
),

scores as (
    select
        means.strategy,
        means.item_kind,
        means.adaptation_group,
        means.metric,
        means.estimate,
        greatest(means.estimate - means.value_reach, 0) as estimate_low,
        means.estimate + means.value_reach as estimate_high,
        means.popularity_difference,
        means.popularity_difference - means.popularity_difference_reach
            as popularity_difference_low,
        means.popularity_difference + means.popularity_difference_reach
            as popularity_difference_high,
        means.recent_popularity_difference,
        means.recent_popularity_difference - means.recent_popularity_difference_reach
            as recent_popularity_difference_low,
        means.recent_popularity_difference + means.recent_popularity_difference_reach
            as recent_popularity_difference_high,
        means.user_count,
        means.candidate_count
    from means
    union all
    select
        coverages.strategy,
        coverages.item_kind,
        'all' as adaptation_group,
        'coverage' as metric,
        coverages.estimate,
        null as estimate_low,
        null as estimate_high,
        coverages.estimate - popular.estimate as popularity_difference,
        null as popularity_difference_low,
        null as popularity_difference_high,
        coverages.estimate - recent.estimate as recent_popularity_difference,
        null as recent_popularity_difference_low,
        null as recent_popularity_difference_high,
        coverages.user_count,
        coverages.candidate_count
    from coverages
    inner join coverages as popular
        on
            coverages.item_kind = popular.item_kind
            and popular.strategy = 'popularity'
    inner join coverages as recent
        on
            coverages.item_kind = recent.item_kind
            and recent.strategy = 'recent_popularity'
),

judged as (
    select
        *,
        user_count >= {{ var("recommendation_min_users") }} as is_identifiable,
        metric like 'recall%' or metric like 'ndcg%' as is_accuracy
    from scores
),

evaluation as (
    select
        -- ids
        strategy,
        item_kind,
        adaptation_group,
        metric,

        -- strings
        case
            when not is_accuracy then 'descriptive'
            when not is_identifiable then 'not identifiable on this crawl'
            when strategy = 'popularity' then 'reference'
            when popularity_difference_low > 0 then 'above popularity'
            when popularity_difference_high < 0 then 'below popularity'
            else 'not distinguishable from popularity'
        end as verdict,
        json_object(
            'code', case
                when not is_identifiable then 'evaluation_refused'
                when not is_accuracy then 'evaluation_described'
                when strategy = 'popularity' then 'evaluation_reference'
                else 'evaluation_compared'
            end,
            'people', user_count,
            'least', {{ var("recommendation_min_users") }},
            'metric', metric,
            'estimate', estimate,
            'popular', popularity_difference,
            'popular_low', popularity_difference_low,
            'popular_high', popularity_difference_high,
            'recent', recent_popularity_difference,
            'recent_low', recent_popularity_difference_low,
            'recent_high', recent_popularity_difference_high,
            'verdict', json_object('code', 'verdict.' || verdict)
        )::varchar as verdict_message,
        say(verdict_message, 'en') as verdict_sentence,
        say(verdict_message, 'zh') as verdict_sentence_zh,

        -- numerics
        estimate,
        estimate_low,
        estimate_high,
        popularity_difference,
        popularity_difference_low,
        popularity_difference_high,
        recent_popularity_difference,
        recent_popularity_difference_low,
        recent_popularity_difference_high,
        user_count,
        candidate_count,

        -- booleans
        is_identifiable,
        if(
            is_accuracy and is_identifiable,
            least(popularity_difference_high, recent_popularity_difference_high) < 0,
            null
        ) as is_below_baseline
    from judged
)

select * from evaluation
