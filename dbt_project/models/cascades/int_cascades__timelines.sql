with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

events as (
    select * from {{ ref("int_interactions__events") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

tags as (
    select *
    from {{ ref("int_interactions__items") }}
    where item_kind = 'tag'
),

published as (
    select
        users.user_id,
        users.user_number,
        posts.post_id,
        posts.post_number,
        true as is_post,
        posts.created_at as happened_at
    from posts
    inner join users on posts.user_id = users.user_id
),

-- the first comment under a note is the meeting
met as (
    select
        events.user_id,
        events.user_number,
        posts.post_id,
        posts.post_number,
        false as is_post,
        events.first_at as happened_at
    from events
    inner join posts on events.item_id = posts.post_id
    where events.item_kind = 'note' and posts.hashtag_count > 0
),

actions as (
    select * from published
    union all
    select * from met
),

-- adoption can be seen only in people who both met tags and published
numbered as (
    select
        *,
        row_number() over (order by user_number, happened_at, is_post, post_number)
            as action_number
    from actions
    qualify
        bool_or(is_post) over (partition by user_id)
        and bool_or(not is_post) over (partition by user_id)
),

timelines as (
    select
        numbered.*,
        hashtags.hashtag,
        tags.item_number as hashtag_number
    from numbered
    left join hashtags on numbered.post_id = hashtags.post_id
    left join tags on hashtags.hashtag = tags.item_id
)

select * from timelines
