with

uses as (
    select * from {{ ref("int_ties__user_hashtags") }}
),

shared as (
    select
        uses.user_id as low_user_id,
        others.user_id as high_user_id,
        uses.user_number as low_user_number,
        others.user_number as high_user_number,
        uses.hashtag,
        uses.rarity_score,
        uses.hashtag_weight * others.hashtag_weight as weight,
        uses.post_ids as low_post_ids,
        others.post_ids as high_post_ids,
        greatest(uses.first_at, others.first_at) as first_at,
        greatest(uses.last_at, others.last_at) as last_at
    from uses
    inner join uses as others
        on
            uses.hashtag = others.hashtag
            and uses.user_number < others.user_number
),

pairs as (
    select
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        list(hashtag order by rarity_score desc, hashtag) as shared_hashtags,
        count(*) as shared_hashtag_count,
        sum(weight order by rarity_score desc, hashtag) as weight,
        flatten(list(low_post_ids order by rarity_score desc, hashtag))
            as low_post_ids,
        flatten(list(high_post_ids order by rarity_score desc, hashtag))
            as high_post_ids,
        min(first_at) as first_at,
        max(last_at) as last_at
    from shared
    group by low_user_id, high_user_id, low_user_number, high_user_number
),

-- a post behind two shared tags counts once, where it first stands
listed as (
    select
        -- ids
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        list_filter(
            list_concat(low_post_ids, high_post_ids),
            lambda post_id, position: list_position(
                list_concat(low_post_ids, high_post_ids), post_id
            )
            = position
        ) as post_ids,

        -- strings
        shared_hashtags,

        -- numerics
        shared_hashtag_count,
        weight,

        -- timestamps
        first_at,
        last_at
    from pairs
)

select * from listed
