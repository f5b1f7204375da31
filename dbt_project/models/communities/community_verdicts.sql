with

ties as (
    select * from {{ ref("int_ties__undirected") }}
),

checks as (
    select * from {{ ref("community_model_checks") }}
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
        max(observed) filter (where check_name = 'consensus') as modularity,
        max(community_count) filter (where check_name = 'consensus')
            as community_count,
        max(observed) filter (where check_name = 'louvain') as louvain_modularity,
        max(run_ari) filter (where check_name = 'louvain') as louvain_seed_ari,
        max(observed) filter (where check_name = 'leiden') as leiden_modularity,
        max(run_ari) filter (where check_name = 'leiden') as leiden_seed_ari,
        max(consensus_ari) filter (where check_name = 'leiden')
            as leiden_consensus_ari,
        max(run_count) filter (where check_name = 'louvain') as seed_count
    from checks
    group by tie_kind
),

judged as (
    select
        tie_kinds.tie_kind,
        coalesce(user_counts.user_count, 0) as user_count,
        coalesce(tie_counts.tie_count, 0) as tie_count,
        coalesce(agreements.community_count, 0) as community_count,
        agreements.modularity,
        agreements.louvain_modularity,
        agreements.louvain_seed_ari,
        agreements.leiden_modularity,
        agreements.leiden_seed_ari,
        agreements.leiden_consensus_ari,
        agreements.leiden_seed_ari >= {{ var("leiden_min_seed_ari") }}
            as meets_leiden_target,
        coalesce(agreements.seed_count, 0) as seed_count,
        deciding.check_name as null_model,
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
    left join checks as deciding
        on
            tie_kinds.tie_kind = deciding.tie_kind
            and deciding.is_deciding
    left join checks as rewired
        on
            tie_kinds.tie_kind = rewired.tie_kind
            and rewired.check_name = 'degree_preserving'
),

reasoned as (
    select
        -- strings
        tie_kind,
        verdict,
        case
            when tie_count = 0
                then json_object('code', 'no_ties_' || tie_kind)
            when linking_user_count = 0 then json_object('code', 'nobody_links_posts')
            when z_score is null then json_object('code', 'network_too_small')
            else json_object(
                'code', 'modularity_judged',
                'found', observed_modularity,
                'mean', null_mean,
                'sd', null_sd,
                'draws', draw_count,
                'null_model', json_object('code', 'null_' || null_model),
                'z', z_score,
                'side', json_object(
                    'code', if(verdict = 'established', 'at_least', 'below')
                ),
                'bar', {{ var("community_z_from") }},
                'rewired', degree_preserving_z_score,
                'linking', case
                    when tie_kind = 'reply'
                        then json_object(
                            'code', 'people_linking_posts',
                            'some', linking_user_count,
                            'all', user_count
                        )
                end,
                'leiden', case
                    when not meets_leiden_target
                        then json_object(
                            'code', 'leiden_disagrees',
                            'ari', leiden_seed_ari,
                            'least', {{ var("leiden_min_seed_ari") }}
                        )
                end
            )
        end::varchar as reason_message,
        null_model,

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

select
    *,
    say(reason_message, 'en') as reason,
    say(reason_message, 'zh') as reason_zh
from reasoned
