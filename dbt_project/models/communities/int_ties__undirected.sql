with

replies as (
    select * from {{ ref("int_ties__replies") }}
),

shared_hashtags as (
    select * from {{ ref("int_ties__shared_hashtags") }}
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
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        post_ids,
        shared_hashtags,
        shared_hashtag_count as tie_count,
        weight,
        first_at,
        last_at
    from shared_hashtags
)

select * from ties
