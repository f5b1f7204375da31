with

replies as (
    select * from {{ ref("int_ties__post_replies") }}
),

uses as (
    select * from {{ ref("int_ties__user_hashtags") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

-- a post with replies both ways counts once
reply_posts as (
    select
        post_id,
        least(user_number, replied_to_user_number) as low_user_number,
        greatest(user_number, replied_to_user_number) as high_user_number,
        min(first_comment_number) as first_comment_number,
        sum(reply_count) as reply_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from replies
    group by post_id, low_user_number, high_user_number
),

reply_pairs as (
    select
        'reply' as tie_kind,
        low_user_number,
        high_user_number,
        list(post_id order by first_comment_number) as post_ids,
        []::varchar[] as shared_hashtags,
        sum(reply_count)::bigint as tie_count,
        tie_count::double as weight,
        min(first_at) as first_at,
        max(last_at) as last_at
    from reply_posts
    group by low_user_number, high_user_number
),

-- two users tied by every rare hashtag that both use
hashtag_pairs as (
    select
        'shared_hashtag' as tie_kind,
        uses.user_number as low_user_number,
        other_uses.user_number as high_user_number,
        -- a post behind two shared tags counts once
        list_sort(
            list_distinct(
                flatten(list(list_concat(uses.post_ids, other_uses.post_ids)))
            )
        ) as post_ids,
        list(uses.hashtag order by uses.rarity_score desc, uses.hashtag asc)
            as shared_hashtags,
        count(*) as tie_count,
        sum(
            uses.hashtag_weight * other_uses.hashtag_weight
            order by uses.rarity_score desc, uses.hashtag asc
        ) as weight,
        min(greatest(uses.first_at, other_uses.first_at)) as first_at,
        max(greatest(uses.last_at, other_uses.last_at)) as last_at
    from uses
    inner join uses as other_uses
        on
            uses.hashtag = other_uses.hashtag
            and uses.user_number < other_uses.user_number
    group by uses.user_number, other_uses.user_number
),

pairs as (
    select * from reply_pairs
    union all
    select * from hashtag_pairs
),

ties as (
    select
        pairs.tie_kind,
        low_users.user_id as low_user_id,
        high_users.user_id as high_user_id,
        pairs.low_user_number,
        pairs.high_user_number,
        pairs.post_ids,
        pairs.shared_hashtags,
        pairs.tie_count,
        pairs.weight,
        pairs.first_at,
        pairs.last_at
    from pairs
    inner join users as low_users on pairs.low_user_number = low_users.user_number
    inner join users as high_users on pairs.high_user_number = high_users.user_number
)

select * from ties
