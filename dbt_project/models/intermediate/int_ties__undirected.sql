with

replies as (
    select * from {{ ref("int_ties__replies") }}
),

shared_hashtags as (
    select * from {{ ref("int_ties__shared_hashtags") }}
),

replies_either_way as (
    select
        if(user_number < replied_to_user_number, user_id, replied_to_user_id)
            as low_user_id,
        if(user_number < replied_to_user_number, replied_to_user_id, user_id)
            as high_user_id,
        least(user_number, replied_to_user_number) as low_user_number,
        greatest(user_number, replied_to_user_number) as high_user_number,
        user_number < replied_to_user_number as is_from_low,
        post_ids,
        reply_count,
        first_at,
        last_at
    from replies
),

reply_pairs as (
    select
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        flatten(list(post_ids order by is_from_low)) as post_ids,
        sum(reply_count)::bigint as tie_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from replies_either_way
    group by low_user_id, high_user_id, low_user_number, high_user_number
),

ties as (
    select
        'reply' as tie_kind,
        low_user_id,
        high_user_id,
        low_user_number,
        high_user_number,
        list_filter(
            post_ids,
            lambda post_id, position: list_position(post_ids, post_id) = position
        ) as post_ids,
        []::varchar[] as shared_hashtags,
        tie_count,
        tie_count::double as weight,
        first_at,
        last_at
    from reply_pairs
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
