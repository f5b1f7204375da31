{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

candidates as (
    select * from {{ ref("topic_model_selection") }}
),

-- the chosen one, or else the one with the most lift
shown as (
    select
        *,
        count(*) over () as candidate_count
    from candidates
    qualify
        row_number() over (
            order by
                is_chosen desc, lift_score desc nulls last, method asc, topic_count asc
        ) = 1
),

topics as (
    select
        max(topic_count) as topic_count,
        max(lift_score) as lift_score,
        max(lift_low) as lift_low,
        max(lift_high) as lift_high,
        max(p_value) as p_value,
        max(post_count) as post_count,
        max(candidate_count) as candidate_count,
        max(npmi_score) as npmi_score,
        coalesce(bool_or(is_chosen), false) as is_chosen,
        max(reason_message) as reason_message
    from shown
),

-- the method and the number of topics that the study published, without its errors of
-- cleaning (its own words: study_replication)
study_kind as (
    select
        max(lift_score) as lift_score,
        max(lift_low) as lift_low,
        max(lift_high) as lift_high,
        max(p_value) as p_value,
        max(post_count) as post_count
    from candidates
    where method = 'tfidf_nmf' and topic_count = 3
),

claims as (
    select
        'topics_exist' as claim_id,
        lift_score as estimate,
        lift_low as interval_low,
        lift_high as interval_high,
        0 as null_value,
        p_value,
        post_count as n,
        lift_low is not null as is_identifiable,
        is_chosen as is_supported,
        case
            when lift_score is null then json_object('code', 'topics_too_few_words')
            else json_object(
                'code', if(is_chosen, 'topics_chosen', 'topics_most_lift'),
                'candidates', candidate_count,
                'npmi', npmi_score,
                'judgement', reason_message::json
            )
        end as reason_message,
        json_object(
            'topics', json_object(
                'code', if(topic_count is null, 'topics_any', 'topics_counted'),
                'count', topic_count
            )
        ) as facts
    from topics
    union all
    select
        'study_topics_cohere' as claim_id,
        lift_score as estimate,
        lift_low as interval_low,
        lift_high as interval_high,
        0 as null_value,
        -- words of one language hold together without any topic: permuted words, which
        -- keep the language of each post, must not reach the lift either
        greatest(
            p_value, {{ interval_p_value("lift_score", "lift_low", 0) }}
        ) as p_value,
        post_count as n,
        lift_low is not null as is_identifiable,
        coalesce(lift_low > 0 and p_value <= {{ var("topic_alpha") }}, false)
            as is_supported,
        case
            when lift_score is null then json_object('code', 'topics_three_not_tried')
            when p_value is not null
                then json_object('code', 'topics_permuted', 'p', p_value)
        end as reason_message,
        null as facts
    from study_kind
)

select * from claims
