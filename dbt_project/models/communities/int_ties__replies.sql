with

post_replies as (
    select * from {{ ref("int_ties__post_replies") }}
),

replies as (
    select
        -- ids
        user_id,
        replied_to_user_id,
        user_number,
        replied_to_user_number,
        list(post_id order by first_comment_number) as post_ids,

        -- numerics
        sum(reply_count)::bigint as reply_count,
        count(*) as post_count,

        -- timestamps
        min(first_at) as first_at,
        max(last_at) as last_at
    from post_replies
    group by user_id, replied_to_user_id, user_number, replied_to_user_number
)

select * from replies
