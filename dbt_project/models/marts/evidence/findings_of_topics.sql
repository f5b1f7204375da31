{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

candidates as (
    select * from {{ ref("topic_model_selection") }}
),

-- the chosen one, or else the one that came nearest
shown as (
    select
        *,
        count(*) over () as candidate_count
    from candidates
    qualify
        row_number() over (
            order by
                is_chosen desc, met_target_count desc, lift_low desc, method asc,
                topic_count asc
        ) = 1
),

topics as (
    select
        max(topic_count) as topic_count,
        max(lift_score) as lift_score,
        max(lift_low) as lift_low,
        max(lift_high) as lift_high,
        max(post_count) as post_count,
        max(candidate_count) as candidate_count,
        coalesce(bool_or(is_chosen and met_target_count = 4), false) as meets_targets,
        max(reason) as reason
    from shown
),

-- the kind and the number of topics that the study published
study_kind as (
    select
        max(lift_score) as lift_score,
        max(lift_low) as lift_low,
        max(lift_high) as lift_high,
        max(post_count) as post_count
    from candidates
    where method = 'tfidf_nmf' and topic_count = 3
),

united as (
    select
        {{ finding(
            "'topics_exist'",
            area="topics",
            claimed_by="project",
            claim="coalesce(format('Posts fall into {} topics whose words belong together in posts that the topics were not made from.', topic_count), 'Posts fall into topics.')",
            metric="'held-out NPMI lift'",
            estimate="lift_score",
            low="lift_low",
            high="lift_high",
            null_value="0",
            null_model="random words of the same frequency and script",
            n="post_count",
            source_table="topic_model_selection",
            is_identifiable="lift_low is not null",
            is_supported="lift_low > 0 and meets_targets",
            reason="case when lift_score is not null then
                format('{} of {} candidates, all judged on the same posts: the interval does not cover that choice; {}',
                    case when meets_targets then 'the best' else 'the nearest' end,
                    candidate_count, reason)
                else 'too few posts with words' end"
        ) }}
    from topics
    union all
    select
        {{ finding(
            "'study_topics_cohere'",
            area="topics",
            claimed_by="study",
            claim="'Three topics by NMF on TF-IDF, as in the study, are better than random lists of words.'",
            metric="'held-out NPMI lift'",
            estimate="lift_score",
            low="lift_low",
            high="lift_high",
            null_value="0",
            null_model="random words of the same frequency and script",
            n="post_count",
            source_table="topic_model_selection",
            reason="case when lift_score is null then
                'too few posts with words, or three topics were not tried' end"
        ) }}
    from study_kind
)

select * from united
