with

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

used as (
    select distinct
        user_id,
        hashtag
    from hashtags
),

taggers as (
    select count(distinct user_id) as user_count from used
),

-- a tag of one user ties nobody; a tag of everybody ties everybody and means nothing,
-- and its pairs grow with the square of its users
kept_hashtags as (
    select
        used.hashtag,
        count(*) as user_count,
        ln(taggers.user_count / count(*)) as rarity_score
    from used
    cross join taggers
    group by used.hashtag, taggers.user_count
    having
        count(*) between 2 and {{ var("tie_hashtag_max_users") }}
        and count(*) <= {{ var("tie_hashtag_max_share") }} * taggers.user_count
),

uses as (
    select
        hashtags.user_id,
        hashtags.hashtag,
        list(hashtags.post_id order by hashtags.post_number) as post_ids,
        min(posts.created_at) as first_at,
        max(posts.created_at) as last_at
    from hashtags
    inner join kept_hashtags on hashtags.hashtag = kept_hashtags.hashtag
    inner join posts on hashtags.post_id = posts.post_id
    group by hashtags.user_id, hashtags.hashtag
),

kept_uses as (
    select
        uses.user_id,
        users.user_number,
        uses.hashtag,
        uses.post_ids,
        kept_hashtags.user_count,
        kept_hashtags.rarity_score,
        uses.first_at,
        uses.last_at,
        kept_hashtags.rarity_score / sqrt(
            sum(kept_hashtags.rarity_score ** 2) over (
                partition by uses.user_id
                order by kept_hashtags.rarity_score asc, uses.hashtag asc
                rows between unbounded preceding and unbounded following
            )
        ) as hashtag_weight
    from uses
    inner join kept_hashtags on uses.hashtag = kept_hashtags.hashtag
    inner join users on uses.user_id = users.user_id
)

select * from kept_uses
