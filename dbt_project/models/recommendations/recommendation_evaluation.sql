-- Estimates are means over people; their 95 % intervals are percentiles of a
-- Poisson bootstrap over people, in which lists of one person move together.
-- Source: Chamandy et al. 2012, Estimating uncertainty for massive data streams.
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

draws as (
    select draw
    from generate_series(1, {{ var("recommendation_draws") }}) as series (draw)
),

drawn_users as (
    select distinct user_number from trials
),

uniforms as (
    select
        draws.draw,
        drawn_users.user_number,
        {{ hash_uniform(["'lists'", "draws.draw", "drawn_users.user_number"]) }}
            as uniform
    from draws
    cross join drawn_users
),

weights as (
    select
        draw,
        user_number,
        {{ poisson_weight("uniform") }} as weight
    from uniforms
),

drawn as (
    select
        measured.strategy,
        measured.item_kind,
        measured.adaptation_group,
        measured.metric,
        weights.draw,
        sum(weights.weight * measured.value) / sum(weights.weight) as value,
        sum(weights.weight * measured.popularity_difference) / sum(weights.weight)
            as popularity_difference,
        sum(weights.weight * measured.recent_popularity_difference)
        / sum(weights.weight) as recent_popularity_difference
    from measured
    inner join weights on measured.user_number = weights.user_number
    where weights.weight > 0
    group by all
),

intervals as (
    select
        strategy,
        item_kind,
        adaptation_group,
        metric,
        {% for name in [
            "value", "popularity_difference", "recent_popularity_difference"
        ] -%}
            quantile_cont({{ name }}, 0.025) as {{ name }}_low,
            quantile_cont({{ name }}, 0.975) as {{ name }}_high
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from drawn
    group by all
),

means as (
    select
        strategy,
        item_kind,
        adaptation_group,
        metric,
        avg(value) as estimate,
        avg(popularity_difference) as popularity_difference,
        avg(recent_popularity_difference) as recent_popularity_difference,
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
        intervals.value_low as estimate_low,
        intervals.value_high as estimate_high,
        means.popularity_difference,
        intervals.popularity_difference_low,
        intervals.popularity_difference_high,
        means.recent_popularity_difference,
        intervals.recent_popularity_difference_low,
        intervals.recent_popularity_difference_high,
        means.user_count,
        means.candidate_count
    from means
    inner join intervals
        on
            means.strategy = intervals.strategy
            and means.item_kind = intervals.item_kind
            and means.adaptation_group = intervals.adaptation_group
            and means.metric = intervals.metric
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
        is_identifiable
    from judged
)

select * from evaluation
