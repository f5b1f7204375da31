with

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

-- a reply to oneself is no tie
replies as (
    select
        post_id,
        user_id,
        replied_to_user_id,
        count(*) as reply_count,
        min(comment_number) as first_comment_number,
        min(created_at) as first_at,
        max(created_at) as last_at
    from comments
    where
        replied_to_user_id is not null
        and user_id <> replied_to_user_id
    group by post_id, user_id, replied_to_user_id
),

dated as (
    select
        *,
        min(first_comment_number) over (partition by post_id)
            as first_in_post_comment_number
    from replies
),

ranked as (
    select
        *,
        dense_rank() over (order by first_in_post_comment_number) as thread_number
    from dated
),

numbered as (
    select
        -- ids
        ranked.post_id,
        ranked.user_id,
        ranked.replied_to_user_id,
        ranked.thread_number,
        users.user_number,
        replied_to_users.user_number as replied_to_user_number,
        ranked.first_comment_number,

        -- numerics
        ranked.reply_count,

        -- timestamps
        ranked.first_at,
        ranked.last_at
    from ranked
    inner join users on ranked.user_id = users.user_id
    inner join users as replied_to_users
        on ranked.replied_to_user_id = replied_to_users.user_id
)

select * from numbered
