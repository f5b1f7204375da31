with

uses as (
    select * from {{ ref("int_ties__user_hashtags") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

shared as (
    select
        uses.user_id as low_user_id,
        other_uses.user_id as high_user_id,
        uses.user_number as low_user_number,
        other_uses.user_number as high_user_number,
        uses.hashtag,
        uses.rarity_score,
        uses.hashtag_weight * other_uses.hashtag_weight as hashtag_product,
        list_concat(uses.post_ids, other_uses.post_ids) as post_ids,
        greatest(uses.first_at, other_uses.first_at) as first_at,
        greatest(uses.last_at, other_uses.last_at) as last_at
    from uses
    inner join uses as other_uses
        on
            uses.hashtag = other_uses.hashtag
            and uses.user_number < other_uses.user_number
),

pairs as (
    select
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        list(hashtag order by rarity_score desc, hashtag asc) as shared_hashtags,
        count(*) as shared_hashtag_count,
        sum(hashtag_product order by rarity_score desc, hashtag asc) as weight,
        min(first_at) as first_at,
        max(last_at) as last_at
    from shared
    group by low_user_id, high_user_id, low_user_number, high_user_number
),

post_uses as (
    select
        low_user_number,
        high_user_number,
        unnest(post_ids) as post_id
    from shared
),

-- a post behind two shared tags counts once
distinct_post_uses as (
    select distinct
        low_user_number,
        high_user_number,
        post_id
    from post_uses
),

post_lists as (
    select
        distinct_post_uses.low_user_number,
        distinct_post_uses.high_user_number,
        list(posts.post_id order by posts.post_number) as post_ids
    from distinct_post_uses
    inner join posts on distinct_post_uses.post_id = posts.post_id
    group by distinct_post_uses.low_user_number, distinct_post_uses.high_user_number
),

listed as (
    select
        -- ids
        pairs.low_user_id,
        pairs.high_user_id,
        pairs.low_user_number,
        pairs.high_user_number,
        post_lists.post_ids,

        -- strings
        pairs.shared_hashtags,

        -- numerics
        pairs.shared_hashtag_count,
        pairs.weight,

        -- timestamps
        pairs.first_at,
        pairs.last_at
    from pairs
    inner join post_lists
        on
            pairs.low_user_number = post_lists.low_user_number
            and pairs.high_user_number = post_lists.high_user_number
)

select * from listed
