with

members as (
    select * from {{ ref("tie_communities") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

ties as (
    select * from {{ ref("int_ties__undirected") }}
),

-- whole numbers of 1e-12 add up to the same in any order
tie_ends as (
    select
        tie_kind,
        low_user_number as user_number,
        high_user_number as other_user_number,
        weight::decimal(38, 12) as weight
    from ties
    union all
    select
        tie_kind,
        high_user_number as user_number,
        low_user_number as other_user_number,
        weight::decimal(38, 12) as weight
    from ties
),

strengths as (
    select
        members.tie_kind,
        members.user_number,
        count(*) as neighbour_count,
        sum(tie_ends.weight)::double as tie_weight,
        coalesce(
            sum(tie_ends.weight) filter (
                where members.community_number = other_members.community_number
            ),
            0
        )::double as inside_weight
    from members
    inner join tie_ends
        on
            members.tie_kind = tie_ends.tie_kind
            and members.user_number = tie_ends.user_number
    inner join members as other_members
        on
            tie_ends.tie_kind = other_members.tie_kind
            and tie_ends.other_user_number = other_members.user_number
    group by members.tie_kind, members.user_number
),

user_communities as (
    select
        -- ids
        members.tie_kind,
        users.user_id,
        members.user_number,
        {{ community_id("members.tie_kind", "members.community_number") }}
            as community_id,

        -- numerics
        members.community_number,
        strengths.neighbour_count,
        strengths.tie_weight,
        strengths.inside_weight / strengths.tie_weight as inside_share,
        members.seed_stability,
        members.resample_stability,
        members.tied_share,
        members.resample_count
    from members
    inner join users on members.user_number = users.user_number
    inner join strengths
        on
            members.tie_kind = strengths.tie_kind
            and members.user_number = strengths.user_number
)

select * from user_communities
