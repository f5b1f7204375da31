{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

verdicts as (
    select * from {{ ref("community_verdicts") }}
),

agreement as (
    select * from {{ ref("influencer_agreement") }}
),

tie_kinds as (
    select
        unnest(['reply', 'shared_hashtag']) as tie_kind,
        unnest(['replies', 'hashtags']) as tie_words
),

-- one row for each kind of tie, and without ties an empty one
networks as (
    select
        tie_kinds.tie_words,
        verdicts.observed_modularity,
        verdicts.null_mean + {{ var("community_z_from") }} * verdicts.null_sd
            as modularity_bar,
        verdicts.user_count,
        verdicts.z_score,
        verdicts.p_value,
        verdicts.draw_count,
        verdicts.verdict,
        verdicts.reason_message
    from tie_kinds
    inner join verdicts on tie_kinds.tie_kind = verdicts.tie_kind
),

rank_agreement as (
    select
        tie_kinds.tie_kind,
        tie_kinds.tie_words,
        agreement.spearman_rho,
        agreement.rho_low,
        agreement.rho_high,
        agreement.user_count,
        agreement.warning_message
    from tie_kinds
    left join agreement
        on
            tie_kinds.tie_kind = agreement.tie_kind
            and agreement.measure = 'pagerank'
),

claims as (
    select
        'communities_' || tie_words as claim_id,
        observed_modularity as estimate,
        null as interval_low,
        null as interval_high,
        modularity_bar as null_value,
        {{ null_p_value("p_value", "z_score", "draw_count") }} as p_value,
        user_count as n,
        z_score is not null as is_identifiable,
        verdict = 'established' as is_supported,
        reason_message::json as reason_message,
        json_object('bar', {{ var("community_z_from") }}) as facts
    from networks
    union all
    select
        'centrality_is_influence_' || tie_words as claim_id,
        spearman_rho as estimate,
        rho_low as interval_low,
        rho_high as interval_high,
        {{ var("influencer_agreement_from") }} as null_value,
        {{ interval_p_value(
            "spearman_rho", "rho_low", var("influencer_agreement_from"), scale="fisher"
        ) }} as p_value,
        user_count as n,
        true as is_identifiable,
        null as is_supported,
        coalesce(
            warning_message::json,
            case
                when spearman_rho is null
                    then json_object('code', 'too_few_ties_' || tie_kind)
            end
        ) as reason_message,
        json_object('correlation', {{ var("influencer_agreement_from") }}) as facts
    from rank_agreement
)

select * from claims
