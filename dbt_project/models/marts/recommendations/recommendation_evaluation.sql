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
        metric,

        -- strings
        case
            when not is_accuracy then 'descriptive'
            when not is_identifiable then 'not identifiable on this crawl'
            when strategy = 'popularity' then 'reference'
            when difference_low > 0 then 'above popularity'
            when difference_high < 0 then 'below popularity'
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
                || if(difference >= 0, '+', '') || format('{:.3f}', difference)
                || ' [' || format('{:.3f}', difference_low) || ', '
                || format('{:.3f}', difference_high) || '] against popularity: '
                || case
                    when difference_low > 0 then 'above it.'
                    when difference_high < 0 then 'below it.'
                    else 'the interval is not clear of zero.'
                end
        end as verdict_sentence,

        -- numerics
        estimate,
        estimate_low,
        estimate_high,
        difference as popularity_difference,
        difference_low as popularity_difference_low,
        difference_high as popularity_difference_high,
        user_count,
        candidate_count,

        -- booleans
        is_identifiable
    from judged
)

select * from evaluation
