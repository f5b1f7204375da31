with

influencers as (
    select * from {{ ref("influencers") }}
),

scores as (
    unpivot (
        select
            tie_kind,
            user_id,
            total_like_count,
            pagerank::double as pagerank,
            betweenness::double as betweenness,
            core_number::double as core_number,
            in_reach_count::double as in_reach_count
        from influencers
    )
    on pagerank, betweenness, core_number, in_reach_count
    into name measure value score
),

-- equal values share their mean rank
ranked as (
    select
        tie_kind,
        measure,
        score,
        rank() over (partition by tie_kind, measure order by score)
        + (count(*) over (partition by tie_kind, measure, score) - 1) / 2
            as score_rank,
        rank() over (partition by tie_kind, measure order by total_like_count)
        + (count(*) over (partition by tie_kind, measure, total_like_count) - 1) / 2
            as like_rank,
        rank() over (partition by tie_kind, measure order by score desc)
        <= 20 as is_top_score,
        rank() over (partition by tie_kind, measure order by total_like_count desc)
        <= 20 as is_top_liked
    from scores
),

correlated as (
    select
        tie_kind,
        measure,
        count(*) as user_count,
        if(
            count(*) > 3
            and stddev_pop(score_rank) > 0
            and stddev_pop(like_rank) > 0,
            corr(score_rank, like_rank),
            null
        ) as spearman_rho,
        count(*) filter (where is_top_score and is_top_liked) as top_overlap_count,
        count(*) filter (where is_top_score) * count(*) filter (where is_top_liked)
        / count(*) as top_overlap_by_chance
    from ranked
    group by tie_kind, measure
),

-- Bonett and Wright (2000): Fisher's z with variance (1 + rho^2 / 2) / (n - 3)
bounded as (
    select
        *,
        1.959964 * sqrt((1 + spearman_rho ** 2 / 2) / greatest(user_count - 3, 1))
            as half_width,
        if(
            spearman_rho is null,
            null,
            atanh(least(greatest(spearman_rho, -0.999999), 0.999999))
        ) as fisher_z
    from correlated
),

-- the last digits of a correlation depend on the order of its rows, and no message may
intervals as (
    select
        tie_kind,
        measure,
        user_count,
        top_overlap_count,
        top_overlap_by_chance,
        round(spearman_rho, 12) as spearman_rho,
        round(tanh(fisher_z - half_width), 12) as rho_low,
        round(tanh(fisher_z + half_width), 12) as rho_high
    from bounded
),

judged as (
    select
        *,
        case
            when spearman_rho is null then 'not identifiable'
            when rho_low >= {{ var("influencer_agreement_from") }} then 'agree'
            when rho_high < {{ var("influencer_agreement_from") }} then 'do not agree'
            else 'undecided'
        end as verdict
    from intervals
),

warned as (
    select
        *,
        case
            when verdict in ('do not agree', 'undecided')
                then json_object(
                    'code', if(
                        verdict = 'undecided', 'rank_undecided', 'rank_disagrees'
                    ),
                    'measure', json_object('code', 'measure_' || measure),
                    'rho', spearman_rho,
                    'low', rho_low,
                    'high', rho_high
                )
        end::varchar as warning_message
    from judged
),

agreement as (
    select
        -- strings
        tie_kind,
        measure,
        verdict,
        warning_message,

        -- numerics
        user_count,
        spearman_rho,
        rho_low,
        rho_high,
        top_overlap_count,
        top_overlap_by_chance,

        -- sentences
        say(warning_message, 'en') as warning,
        say(warning_message, 'zh') as warning_zh
    from warned
)

select * from agreement
