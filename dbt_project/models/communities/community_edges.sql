with

ties as (
    select * from {{ ref("int_ties__undirected") }}
),

members as (
    select * from {{ ref("tie_communities") }}
),

community_edges as (
    select
        -- ids
        ties.tie_kind,
        ties.low_user_id,
        ties.high_user_id,
        {{ community_id("ties.tie_kind", "low_members.community_number") }}
            as low_community_id,
        {{ community_id("ties.tie_kind", "high_members.community_number") }}
            as high_community_id,
        ties.post_ids,

        -- strings
        ties.shared_hashtags,

        -- numerics
        ties.tie_count,
        ties.weight,
        len(ties.post_ids) as post_count,

        -- booleans
        low_members.community_number = high_members.community_number as is_inside,

        -- timestamps
        ties.first_at,
        ties.last_at
    from ties
    inner join members as low_members
        on
            ties.tie_kind = low_members.tie_kind
            and ties.low_user_number = low_members.user_number
    inner join members as high_members
        on
            ties.tie_kind = high_members.tie_kind
            and ties.high_user_number = high_members.user_number
)

select * from community_edges
