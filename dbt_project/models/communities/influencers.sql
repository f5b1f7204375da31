with

centrality as (
    select * from {{ ref("tie_centrality") }}
),

members as (
    select * from {{ ref("tie_communities") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

post_engagement as (
    select
        user_id,
        sum(like_count)::bigint as post_like_count,
        sum(known_engagement)::bigint as post_engagement_count,
        bool_or(is_any_count_censored) as is_post_engagement_censored
    from posts
    group by user_id
),

comment_engagement as (
    select
        user_id,
        sum(like_count)::bigint as comment_like_count,
        bool_or(coalesce(is_like_count_censored, false)) as is_comment_like_censored
    from comments
    group by user_id
),

ranked as (
    select
        centrality.*,
        users.user_id,
        users.is_newcomer,
        users.post_count,
        users.comment_count,
        members.community_number,
        coalesce(post_engagement.post_like_count, 0)
        + coalesce(comment_engagement.comment_like_count, 0) as total_like_count,
        coalesce(post_engagement.post_engagement_count, 0)
        + coalesce(comment_engagement.comment_like_count, 0) as engagement_count,
        coalesce(post_engagement.is_post_engagement_censored, false)
        or coalesce(comment_engagement.is_comment_like_censored, false)
            as is_engagement_censored
    from centrality
    inner join users on centrality.user_number = users.user_number
    inner join members
        on
            centrality.tie_kind = members.tie_kind
            and centrality.user_number = members.user_number
    left join post_engagement on users.user_id = post_engagement.user_id
    left join comment_engagement on users.user_id = comment_engagement.user_id
),

influencers as (
    select
        -- ids
        tie_kind,
        user_id,
        {{ community_id("tie_kind", "community_number") }} as community_id,

        -- numerics
        pagerank_rank,
        pagerank_rank_low,
        pagerank_rank_high,
        pagerank,
        betweenness,
        betweenness_pivot_count,
        core_number,
        neighbour_count,
        in_reach_count,
        post_count as user_post_count,
        comment_count as user_comment_count,
        total_like_count,
        engagement_count,
        rank() over (
            partition by tie_kind
            order by total_like_count desc
        ) as like_rank,
        resample_count,

        -- booleans
        is_engagement_censored,
        is_newcomer
    from ranked
)

select * from influencers
