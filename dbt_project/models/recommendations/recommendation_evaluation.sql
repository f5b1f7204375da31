with

scores as (
    select * from {{ ref("recommendation_scores") }}
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
        case
            when not is_identifiable
                then
                    'Not identifiable on this crawl: ' || user_count
                    || ' people with a later interaction to predict, '
                    || '{{ var("recommendation_min_users") }} are needed.'
            when not is_accuracy
                then metric || ' ' || format('{:.3g}', estimate) || '.'
            when strategy = 'popularity'
                then
                    'The reference: ' || metric || ' ' || format('{:.3f}', estimate)
                    || '.'
            else
                metric || ' ' || format('{:.3f}', estimate) || ', '
                || format(
                    '{:+.3f} [{:.3f}, {:.3f}] against popularity',
                    popularity_difference,
                    popularity_difference_low,
                    popularity_difference_high
                )
                || format(
                    ' and {:+.3f} [{:.3f}, {:.3f}] against recent popularity: ',
                    recent_popularity_difference,
                    recent_popularity_difference_low,
                    recent_popularity_difference_high
                )
                || case
                    when popularity_difference_low > 0 then 'above popularity.'
                    when popularity_difference_high < 0 then 'below popularity.'
                    else 'not distinguishable from popularity.'
                end
        end as verdict_sentence,

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
