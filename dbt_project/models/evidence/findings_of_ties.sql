{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

verdicts as (
    select * from {{ ref("community_verdicts") }}
),

agreement as (
    select * from {{ ref("influencer_agreement") }}
),

tie_kinds as (
    select unnest(['reply', 'shared_hashtag']) as tie_kind
),

-- one row for each kind of tie, and without ties an empty one
rank_agreement as (
    select
        tie_kinds.tie_kind,
        agreement.spearman_rho,
        agreement.rho_low,
        agreement.rho_high,
        agreement.user_count,
        agreement.warning
    from tie_kinds
    left join agreement
        on
            tie_kinds.tie_kind = agreement.tie_kind
            and agreement.measure = 'pagerank'
),

cascade_claims as (
    select * from {{ ref("cascade_summary") }}
),

blended as (
    select * from {{ ref("recommendation_evaluation") }}
    where
        strategy = 'blended'
        and item_kind = 'note'
        and adaptation_group = 'all'
        and metric = 'recall@{{ var("recommendation_length") }}'
),

united as (
    select
        {{ finding(
            "concat('communities_', if(tie_kind = 'reply', 'replies', 'hashtags'))",
            area="communities",
            claimed_by="study",
            claim="if(
                tie_kind = 'reply',
                'People form communities by answering each other.',
                'People form communities by sharing hashtags.'
            )",
            metric="'modularity'",
            estimate="observed_modularity",
            null_value="null_mean + " ~ var("community_z_from") ~ " * null_sd",
            null_model=var("community_z_from") ~ " standard deviations above the mean of the deciding null model",
            n="user_count",
            source_table="community_verdicts",
            is_identifiable="z_score is not null",
            is_supported="verdict = 'established'",
            reason="reason"
        ) }}
    from verdicts
    union all
    select
        {{ finding(
            "concat('centrality_is_influence_', if(tie_kind = 'reply', 'replies', 'hashtags'))",
            area="communities",
            claimed_by="study",
            claim="if(
                tie_kind = 'reply',
                'The most central people of the reply network are the most liked.',
                'The most central people of the hashtag network are the most liked.'
            )",
            metric="'Spearman correlation of PageRank with likes'",
            estimate="spearman_rho",
            low="rho_low",
            high="rho_high",
            null_value="0.5",
            null_model="a correlation of one half",
            n="user_count",
            source_table="influencer_agreement",
            reason="coalesce(warning, case when spearman_rho is null then if(
                tie_kind = 'reply',
                'the crawl holds too few replies of one user to another',
                'too few users share a hashtag'
            ) end)"
        ) }}
    from rank_agreement
    union all
    select
        {{ finding(
            "claim",
            area="cascades",
            claimed_by="project",
            claim="claim_sentence",
            metric="case claim
                when 'depth'
                    then 'steps to the deepest comment, more than in shuffled trees'
                when 'breadth'
                    then 'comments on the fullest level, more than in shuffled trees'
                when 'structural_virality'
                    then 'steps between two comments, more than in shuffled trees'
                when 'hashtag_spread' then 'number of hashtags adopted above chance'
                when 'hashtag_adoption' then 'adoptions per occasion after meeting a tag'
                when 'adoption_dose_response'
                    then 'rise of adoptions per occasion with one more exposure'
                when 'adoption_without_recent_exposure'
                    then 'adoptions per occasion without a recent exposure'
                else 'dispersion of what people draw (1 is chance)'
            end",
            estimate="estimate",
            low="estimate_low",
            high="estimate_high",
            null_value="null_mean",
            null_model="mean of shuffled times with the same degrees",
            n="case_count",
            source_table="cascade_summary",
            is_identifiable="is_identifiable",
            is_supported="verdict = 'supported'",
            reason="reason"
        ) }}
    from cascade_claims
    union all
    {% for baseline, words in [
        ("popularity", "popularity"), ("recent_popularity", "recent popularity")
    ] -%}
        select
            {{ finding(
                "'recommendations_above_" ~ baseline ~ "'",
                area="recommendations",
                claimed_by="project",
                claim="'The blended ranking of notes names what people turn to next more often than "
                ~ words ~ " does.'",
                metric="'difference of recall at ten to " ~ words ~ "'",
                estimate="max(" ~ baseline ~ "_difference)",
                low="max(" ~ baseline ~ "_difference_low)",
                high="max(" ~ baseline ~ "_difference_high)",
                null_value="0",
                null_model=words,
                n="max(user_count)",
                source_table="recommendation_evaluation",
                is_identifiable="bool_and(is_identifiable)",
                reason="case when not coalesce(bool_and(is_identifiable), false) then format(
                    '{} people have a later interaction with a note to predict, '
                    || '" ~ var("recommendation_min_users") ~ " are needed',
                    coalesce(max(user_count), 0)
                ) end"
            ) }}
        from blended
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from united
