with

post_replies as (
    select * from {{ ref("int_ties__post_replies") }}
),

uses as (
    select * from {{ ref("int_ties__user_hashtags") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

replies as (
    select
        user_id,
        replied_to_user_id,
        user_number,
        replied_to_user_number,
        list(post_id order by first_comment_number) as post_ids,
        sum(reply_count)::bigint as reply_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from post_replies
    group by user_id, replied_to_user_id, user_number, replied_to_user_number
),

replies_either_way as (
    select
        post_ids,
        reply_count,
        first_at,
        last_at,
        user_number < replied_to_user_number as is_from_low,
        if(is_from_low, user_id, replied_to_user_id) as low_user_id,
        if(is_from_low, replied_to_user_id, user_id) as high_user_id,
        least(user_number, replied_to_user_number) as low_user_number,
        greatest(user_number, replied_to_user_number) as high_user_number
    from replies
),

reply_pairs as (
    select
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        sum(reply_count)::bigint as tie_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from replies_either_way
    group by low_user_id, high_user_id, low_user_number, high_user_number
),

reply_posts as (
    select
        low_user_number,
        high_user_number,
        is_from_low,
        unnest(post_ids) as post_id,
        generate_subscripts(post_ids, 1) as post_position
    from replies_either_way
),

-- a post with replies both ways counts once
distinct_reply_posts as (
    select
        low_user_number,
        high_user_number,
        post_id,
        min(2 * post_position + is_from_low::integer) as post_position
    from reply_posts
    group by low_user_number, high_user_number, post_id
),

reply_post_lists as (
    select
        low_user_number,
        high_user_number,
        list(post_id order by post_position) as post_ids
    from distinct_reply_posts
    group by low_user_number, high_user_number
),

-- two users tied by every rare hashtag that both use
shared_uses as (
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

hashtag_pairs as (
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
    from shared_uses
    group by low_user_id, high_user_id, low_user_number, high_user_number
),

hashtag_posts as (
    select
        low_user_number,
        high_user_number,
        unnest(post_ids) as post_id
    from shared_uses
),

-- a post behind two shared tags counts once
distinct_hashtag_posts as (
    select distinct
        low_user_number,
        high_user_number,
        post_id
    from hashtag_posts
),

hashtag_post_lists as (
    select
        distinct_hashtag_posts.low_user_number,
        distinct_hashtag_posts.high_user_number,
        list(posts.post_id order by posts.post_number) as post_ids
    from distinct_hashtag_posts
    inner join posts on distinct_hashtag_posts.post_id = posts.post_id
    group by
        distinct_hashtag_posts.low_user_number,
        distinct_hashtag_posts.high_user_number
),

ties as (
    select
        'reply' as tie_kind,
        reply_pairs.low_user_id,
        reply_pairs.high_user_id,
        reply_pairs.low_user_number,
        reply_pairs.high_user_number,
        reply_post_lists.post_ids,
        []::varchar[] as shared_hashtags,
        reply_pairs.tie_count,
        reply_pairs.tie_count::double as weight,
        reply_pairs.first_at,
        reply_pairs.last_at
    from reply_pairs
    inner join reply_post_lists
        on
            reply_pairs.low_user_number = reply_post_lists.low_user_number
            and reply_pairs.high_user_number = reply_post_lists.high_user_number
    union all
    select
        'shared_hashtag' as tie_kind,
        hashtag_pairs.low_user_id,
        hashtag_pairs.high_user_id,
        hashtag_pairs.low_user_number,
        hashtag_pairs.high_user_number,
        hashtag_post_lists.post_ids,
        hashtag_pairs.shared_hashtags,
        hashtag_pairs.shared_hashtag_count as tie_count,
        hashtag_pairs.weight,
        hashtag_pairs.first_at,
        hashtag_pairs.last_at
    from hashtag_pairs
    inner join hashtag_post_lists
        on
            hashtag_pairs.low_user_number = hashtag_post_lists.low_user_number
            and hashtag_pairs.high_user_number = hashtag_post_lists.high_user_number
)

select * from ties
