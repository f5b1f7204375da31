with

ties as (
    select * from {{ ref("int_ties__undirected") }}
),

runs as (
    select * from {{ ref("tie_community_runs") }}
),

nulls as (
    select * from {{ ref("tie_community_nulls") }}
),

post_replies as (
    select * from {{ ref("int_ties__post_replies") }}
),

tie_kinds as (
    select unnest(['reply', 'shared_hashtag']) as tie_kind
),

ends as (
    select
        tie_kind,
        low_user_id as user_id
    from ties
    union
    select
        tie_kind,
        high_user_id as user_id
    from ties
),

user_counts as (
    select
        tie_kind,
        count(*) as user_count
    from ends
    group by tie_kind
),

tie_counts as (
    select
        tie_kind,
        count(*) as tie_count
    from ties
    group by tie_kind
),

parts_taken as (
    select
        user_number,
        thread_number
    from post_replies
    union
    select
        replied_to_user_number as user_number,
        thread_number
    from post_replies
),

user_thread_counts as (
    select
        user_number,
        count(*) as thread_count
    from parts_taken
    group by user_number
),

-- only they can join the audience of one post to that of another
linking_users as (
    select
        'reply' as tie_kind,
        count(*) filter (where thread_count > 1) as linking_user_count
    from user_thread_counts
),

agreements as (
    select
        tie_kind,
        max(modularity) filter (where method = 'consensus') as modularity,
        max(community_count) filter (where method = 'consensus') as community_count,
        max(engine) filter (where method = 'louvain') as louvain_engine,
        avg(modularity) filter (where method = 'louvain') as louvain_modularity,
        avg(run_ari) filter (where method = 'louvain') as louvain_seed_ari,
        avg(modularity) filter (where method = 'leiden') as leiden_modularity,
        avg(run_ari) filter (where method = 'leiden') as leiden_seed_ari,
        avg(consensus_ari) filter (where method = 'leiden') as leiden_consensus_ari,
        count(*) filter (where method = 'louvain') as seed_count
    from runs
    group by tie_kind
),

judged as (
    select
        tie_kinds.tie_kind,
        coalesce(user_counts.user_count, 0) as user_count,
        coalesce(tie_counts.tie_count, 0) as tie_count,
        coalesce(agreements.community_count, 0) as community_count,
        agreements.modularity,
        agreements.louvain_engine,
        agreements.louvain_modularity,
        agreements.louvain_seed_ari,
        agreements.leiden_modularity,
        agreements.leiden_seed_ari,
        agreements.leiden_consensus_ari,
        agreements.leiden_seed_ari >= {{ var("leiden_min_seed_ari") }}
            as meets_leiden_target,
        coalesce(agreements.seed_count, 0) as seed_count,
        deciding.null_model,
        deciding.observed as observed_modularity,
        deciding.null_mean,
        deciding.null_sd,
        deciding.z_score,
        deciding.p_value,
        coalesce(deciding.draw_count, 0) as draw_count,
        rewired.z_score as degree_preserving_z_score,
        linking_users.linking_user_count,
        case
            when tie_counts.tie_count is null or deciding.z_score is null
                then 'not identifiable'
            when deciding.z_score >= {{ var("community_z_from") }} then 'established'
            else 'not established'
        end as verdict
    from tie_kinds
    left join user_counts on tie_kinds.tie_kind = user_counts.tie_kind
    left join tie_counts on tie_kinds.tie_kind = tie_counts.tie_kind
    left join linking_users on tie_kinds.tie_kind = linking_users.tie_kind
    left join agreements on tie_kinds.tie_kind = agreements.tie_kind
    left join nulls as deciding
        on
            tie_kinds.tie_kind = deciding.tie_kind
            and deciding.is_deciding
    left join nulls as rewired
        on
            tie_kinds.tie_kind = rewired.tie_kind
            and rewired.null_model = 'degree_preserving'
),

reasoned as (
    select
        -- strings
        tie_kind,
        verdict,
        case
            when tie_count = 0 and tie_kind = 'reply'
                then 'the crawl holds no reply of one user to another'
            when tie_count = 0
                then
                    'no hashtag is shared by two users and rare enough to tie them'
            when linking_user_count = 0
                then
                    'nobody takes part in the replies under two posts: each part of the'
                    || ' network is the audience of one post, and nothing can tell it'
                    || ' from a community'
            when z_score is null
                then
                    'the network is too small: every draw from its null model has the'
                    || ' same modularity'
            else
                format(
                    'modularity {:.3f} against {:.3f} (sd {:.3f}) in {} draws from the'
                    || ' {} null: z {:.1f}, {} {{ var("community_z_from") }} (rewired'
                    || ' ties: z {:.1f}){}{}',
                    observed_modularity,
                    null_mean,
                    null_sd,
                    draw_count,
                    replace(null_model, '_', '-'),
                    z_score,
                    if(verdict = 'established', 'at least', 'below'),
                    degree_preserving_z_score,
                    if(
                        tie_kind = 'reply',
                        format(
                            '; {} of {} people take part under more than one post',
                            linking_user_count, user_count
                        ),
                        ''
                    ),
                    if(
                        meets_leiden_target,
                        '',
                        format(
                            '; Leiden runs agree by {:.2f} (ARI), below the target of'
                            || ' {{ var("leiden_min_seed_ari") }}',
                            leiden_seed_ari
                        )
                    )
                )
        end as reason,
        null_model,
        louvain_engine,

        -- numerics
        user_count,
        tie_count,
        linking_user_count,
        community_count,
        modularity,
        observed_modularity,
        null_mean,
        null_sd,
        z_score,
        p_value,
        draw_count,
        degree_preserving_z_score,
        seed_count,
        louvain_modularity,
        louvain_seed_ari,
        leiden_modularity,
        leiden_seed_ari,
        leiden_consensus_ari,

        -- booleans
        meets_leiden_target
    from judged
)

select * from reasoned
