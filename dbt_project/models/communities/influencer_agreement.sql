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

intervals as (
    select
        tie_kind,
        measure,
        user_count,
        spearman_rho,
        top_overlap_count,
        top_overlap_by_chance,
        tanh(fisher_z - half_width) as rho_low,
        tanh(fisher_z + half_width) as rho_high
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
        case verdict
            when 'do not agree'
                then
                    format(
                        'Rank by {} and rank by likes differ (rho {:.2f}, 95 % {:.2f}'
                        || ' to {:.2f}): central here does not mean much liked.',
                        replace(measure, '_', ' '),
                        spearman_rho,
                        rho_low,
                        rho_high
                    )
            when 'undecided'
                then
                    format(
                        'The data do not tell whether rank by {} follows likes'
                        || ' (rho {:.2f}, 95 % {:.2f} to {:.2f}).',
                        replace(measure, '_', ' '),
                        spearman_rho,
                        rho_low,
                        rho_high
                    )
        end as warning
    from judged
),

agreement as (
    select
        -- strings
        tie_kind,
        measure,
        verdict,
        warning,

        -- numerics
        user_count,
        spearman_rho,
        rho_low,
        rho_high,
        top_overlap_count,
        top_overlap_by_chance
    from warned
)

select * from agreement
