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
        max(post_count) as post_count,
        max(candidate_count) as candidate_count,
        max(npmi_score) as npmi_score,
        coalesce(bool_or(is_chosen), false) as is_chosen,
        max(reason) as reason
    from shown
),

-- the method and the number of topics that the study published, without its errors of
-- cleaning (its own words: study_replication)
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
            claim="coalesce(format('Posts fall into {} topics whose words, in posts that the topics were not made from, hold together better than random words of the same frequency and script.', topic_count), 'Posts fall into topics.')",
            metric="'held-out NPMI lift'",
            estimate="lift_score",
            low="lift_low",
            high="lift_high",
            null_value="0",
            null_model="random words of the same frequency and script",
            n="post_count",
            source_table="topic_model_selection",
            is_identifiable="lift_low is not null",
            is_supported="is_chosen",
            reason="case when lift_score is not null then
                format('{} of {} candidates, all judged on the same posts: the interval does not cover that choice, p does; held-out NPMI itself {:.3f}; {}',
                    case when is_chosen then 'chosen out' else 'the most lift' end,
                    candidate_count, npmi_score, reason)
                else 'too few posts with words' end"
        ) }}
    from topics
    union all
    select
        {{ finding(
            "'study_topics_cohere'",
            area="topics",
            claimed_by="study",
            claim="'Three topics by NMF on TF-IDF of cleaned words, which the study did on uncleaned ones, hold together better than random words of the same frequency and script.'",
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
