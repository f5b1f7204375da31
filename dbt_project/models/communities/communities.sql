with

members as (
    select * from {{ ref("user_communities") }}
),

edges as (
    select * from {{ ref("community_edges") }}
),

verdicts as (
    select * from {{ ref("community_verdicts") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

sizes as (
    select
        members.tie_kind,
        members.community_id,
        members.community_number,
        count(*) as user_count,
        count(*) filter (where users.is_newcomer) as newcomer_count,
        count(users.is_newcomer) as dated_user_count,
        sum(members.tie_weight order by members.user_number) as member_weight,
        sum(members.tie_weight * members.inside_share order by members.user_number)
            as inside_member_weight,
        avg(members.seed_stability) as seed_stability,
        avg(members.resample_stability) as resample_stability
    from members
    inner join users on members.user_id = users.user_id
    group by members.tie_kind, members.community_id, members.community_number
),

networks as (
    select
        tie_kind,
        sum(member_weight order by community_number) as network_weight
    from sizes
    group by tie_kind
),

inside_edges as (
    select
        tie_kind,
        low_community_id as community_id,
        low_user_id,
        high_user_id,
        post_ids,
        weight,
        first_at,
        last_at
    from edges
    where is_inside
),

inside as (
    select
        tie_kind,
        community_id,
        count(*) as tie_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from inside_edges
    group by tie_kind, community_id
),

-- a community that stands on one post is the audience of that post
edge_posts as (
    select
        tie_kind,
        community_id,
        unnest(post_ids) as post_id,
        weight / len(post_ids) as post_weight
    from inside_edges
),

post_weights as (
    select
        tie_kind,
        community_id,
        post_id,
        sum(post_weight) as post_weight
    from edge_posts
    group by tie_kind, community_id, post_id
),

posts_behind as (
    select
        tie_kind,
        community_id,
        count(*) as post_count,
        max(post_weight) / sum(post_weight) as leading_post_share
    from post_weights
    group by tie_kind, community_id
),

-- what a hashtag is counted over: the members of a shared-hashtag community, the posts
-- behind a reply community (one post may bring in all its commenters)
unit_hashtags as (
    select
        post_weights.tie_kind,
        post_weights.community_id,
        post_weights.post_id as unit_id,
        hashtags.hashtag
    from post_weights
    inner join hashtags on post_weights.post_id = hashtags.post_id
    where post_weights.tie_kind = 'reply'
    union
    select
        members.tie_kind,
        members.community_id,
        members.user_id as unit_id,
        hashtags.hashtag
    from members
    inner join hashtags on members.user_id = hashtags.user_id
    where members.tie_kind = 'shared_hashtag'
),

unit_counts as (
    select
        sizes.tie_kind,
        sizes.community_id,
        if(
            sizes.tie_kind = 'reply', coalesce(posts_behind.post_count, 0),
            sizes.user_count
        ) as unit_count
    from sizes
    left join posts_behind on sizes.community_id = posts_behind.community_id
),

network_unit_counts as (
    select
        tie_kind,
        sum(unit_count) as network_unit_count
    from unit_counts
    group by tie_kind
),

hashtag_counts as (
    select
        tie_kind,
        community_id,
        hashtag,
        count(*) as hashtag_count,
        sum(count(*)) over (partition by tie_kind, hashtag) as network_hashtag_count
    from unit_hashtags
    group by tie_kind, community_id, hashtag
),

hashtag_shares as (
    select
        hashtag_counts.tie_kind,
        hashtag_counts.community_id,
        hashtag_counts.hashtag,
        unit_counts.unit_count,
        hashtag_counts.hashtag_count,
        hashtag_counts.hashtag_count / unit_counts.unit_count as inside_share,
        hashtag_counts.network_hashtag_count
        / network_unit_counts.network_unit_count as overall_share
    from hashtag_counts
    inner join unit_counts on hashtag_counts.community_id = unit_counts.community_id
    inner join network_unit_counts
        on hashtag_counts.tie_kind = network_unit_counts.tie_kind
),

-- common here, rare elsewhere: the inside share times the logarithm of the lift, for
-- hashtags too frequent here to be chance (binomial z from 4: there are many to try)
hashtag_scores as (
    select
        tie_kind,
        community_id,
        hashtag,
        inside_share * ln(inside_share / overall_share) as distinction
    from hashtag_shares
    where
        hashtag_count >= 3
        and overall_share < 1
        and (inside_share - overall_share)
        / sqrt(overall_share * (1 - overall_share) / unit_count) >= 4
),

distinguishing as (
    select
        tie_kind,
        community_id,
        list(hashtag order by distinction desc, hashtag asc)[:5]
            as distinguishing_hashtags
    from hashtag_scores
    group by tie_kind, community_id
),

assembled as (
    select
        sizes.*,
        verdicts.verdict as network_verdict,
        verdicts.null_model,
        verdicts.z_score,
        coalesce(inside.tie_count, 0) as tie_count,
        inside.first_at,
        inside.last_at,
        coalesce(posts_behind.post_count, 0) as post_count,
        posts_behind.leading_post_share,
        coalesce(distinguishing.distinguishing_hashtags, [])
            as distinguishing_hashtags,
        sizes.inside_member_weight / networks.network_weight
        - (sizes.member_weight / networks.network_weight) ** 2
            as modularity_contribution,
        case
            when verdicts.verdict <> 'established'
                then json_object('code', 'network_' || verdicts.verdict)
            when sizes.user_count < {{ var("community_min_users") }}
                then json_object(
                    'code', 'community_too_small',
                    'least', {{ var("community_min_users") }}
                )
            when
                coalesce(sizes.resample_stability, 0)
                < {{ var("community_min_stability") }}
                then json_object(
                    'code', 'community_unstable',
                    'least', {{ var("community_min_stability") }}
                )
            when
                coalesce(posts_behind.leading_post_share, 0)
                > {{ var("community_max_post_share") }}
                then json_object('code', 'audience_of_one_post')
        end::varchar as refusal_message
    from sizes
    inner join networks on sizes.tie_kind = networks.tie_kind
    inner join verdicts on sizes.tie_kind = verdicts.tie_kind
    left join inside
        on
            sizes.tie_kind = inside.tie_kind
            and sizes.community_id = inside.community_id
    left join posts_behind
        on
            sizes.tie_kind = posts_behind.tie_kind
            and sizes.community_id = posts_behind.community_id
    left join distinguishing
        on
            sizes.tie_kind = distinguishing.tie_kind
            and sizes.community_id = distinguishing.community_id
),

named as (
    select
        *,
        refusal_message is null as is_established,
        newcomer_count / nullif(dated_user_count, 0) as newcomer_share,
        inside_member_weight / member_weight as inside_share,
        if(
            refusal_message is null and len(distinguishing_hashtags) > 0,
            array_to_string(
                list_transform(
                    distinguishing_hashtags[:3], lambda hashtag: '#' || hashtag
                ),
                ' '
            ),
            null
        ) as community_name
    from assembled
),

communities as (
    select
        -- ids
        tie_kind,
        community_id,

        -- strings
        community_name,
        distinguishing_hashtags,
        null_model,

        -- numerics
        community_number,
        user_count,
        newcomer_share,
        tie_count,
        post_count,
        leading_post_share,
        inside_share,
        modularity_contribution,
        seed_stability,
        resample_stability,
        z_score,

        -- booleans
        is_established,

        -- timestamps
        first_at,
        last_at,

        -- sentences
        coalesce(refusal_message, json_object('code', 'established')::varchar)
            as reason_message,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh
    from named
)

select * from communities
