with

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

-- a reply to oneself is no tie
replies_by_post as (
    select
        user_id,
        replied_to_user_id,
        post_id,
        count(*) as reply_count,
        min(comment_number) as first_comment_number,
        min(created_at) as first_at,
        max(created_at) as last_at
    from comments
    where
        replied_to_user_id is not null
        and user_id <> replied_to_user_id
    group by user_id, replied_to_user_id, post_id
),

replies as (
    select
        user_id,
        replied_to_user_id,
        list(post_id order by first_comment_number) as post_ids,
        sum(reply_count)::bigint as reply_count,
        count(*) as post_count,
        min(first_at) as first_at,
        max(last_at) as last_at
    from replies_by_post
    group by user_id, replied_to_user_id
),

numbered as (
    select
        -- ids
        replies.user_id,
        replies.replied_to_user_id,
        users.user_number,
        replied_to_users.user_number as replied_to_user_number,
        replies.post_ids,

        -- numerics
        replies.reply_count,
        replies.post_count,

        -- timestamps
        replies.first_at,
        replies.last_at
    from replies
    inner join users on replies.user_id = users.user_id
    inner join users as replied_to_users
        on replies.replied_to_user_id = replied_to_users.user_id
)

select * from numbered
