{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

evaluation as (
    select * from {{ ref("recommendation_evaluation") }}
),

blended as (
    select
        max(popularity_difference) as popularity_difference,
        max(popularity_difference_low) as popularity_difference_low,
        max(popularity_difference_high) as popularity_difference_high,
        max(recent_popularity_difference) as recent_popularity_difference,
        max(recent_popularity_difference_low) as recent_popularity_difference_low,
        max(recent_popularity_difference_high) as recent_popularity_difference_high,
        coalesce(max(user_count), 0) as user_count,
        coalesce(bool_and(is_identifiable), false) as is_identifiable
    from evaluation
    where
        strategy = 'blended'
        and item_kind = 'note'
        and adaptation_group = 'all'
        and metric = 'recall@{{ var("recommendation_length") }}'
),

compared as (
    select
        'recommendations_above_popularity' as claim_id,
        popularity_difference as difference,
        popularity_difference_low as difference_low,
        popularity_difference_high as difference_high,
        user_count,
        is_identifiable
    from blended
    union all
    select
        'recommendations_above_recent_popularity' as claim_id,
        recent_popularity_difference as difference,
        recent_popularity_difference_low as difference_low,
        recent_popularity_difference_high as difference_high,
        user_count,
        is_identifiable
    from blended
),

claims as (
    select
        claim_id,
        difference as estimate,
        difference_low as interval_low,
        difference_high as interval_high,
        0 as null_value,
        {{ interval_p_value("difference", "difference_low", 0) }} as p_value,
        user_count as n,
        is_identifiable,
        null::boolean as is_supported,
        case
            when not is_identifiable
                then json_object(
                    'code', 'too_few_to_predict',
                    'people', user_count,
                    'least', {{ var("recommendation_min_users") }}
                )
        end as reason_message,
        json_object('length', {{ var("recommendation_length") }}) as facts
    from compared
)

select * from claims
