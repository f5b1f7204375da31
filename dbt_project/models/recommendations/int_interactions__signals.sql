with

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

events as (
    select * from {{ ref("int_interactions__events") }}
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

answers as (
    select
        parent_comment_id as comment_id,
        user_id,
        min(created_at) as answered_at
    from comments
    where parent_comment_id is not null
    group by parent_comment_id, user_id
),

-- did the person somebody turned to answer? a trial from the question on, in favour
-- only from the answer on
answered as (
    select
        'answered' as signal_name,
        'creator' as item_kind,
        comments.replied_to_user_id as item_id,
        comments.created_at as happened_at,
        if(
            answers.comment_id is null,
            null,
            greatest(answers.answered_at, comments.created_at)
        ) as positive_at
    from comments
    left join answers
        on
            comments.comment_id = answers.comment_id
            and comments.replied_to_user_id = answers.user_id
    where comments.user_id <> comments.replied_to_user_id
),

-- is a person who commented a newcomer?
newcomer as (
    select
        'newcomer' as signal_name,
        events.item_kind,
        events.item_id,
        events.first_at as happened_at,
        if(users.is_newcomer, events.first_at, null) as positive_at
    from events
    inner join users on events.user_id = users.user_id
    where events.item_kind = 'note' and users.is_newcomer is not null
),

-- is a person who used the tag established on the platform?
local as (
    select
        'local' as signal_name,
        events.item_kind,
        events.item_id,
        events.first_at as happened_at,
        if(users.is_newcomer, null, events.first_at) as positive_at
    from events
    inner join users on events.user_id = users.user_id
    where events.item_kind = 'tag' and users.is_newcomer is not null
),

-- who commented under a note with the tag?
reached as (
    select
        'reached' as signal_name,
        'tag' as item_kind,
        hashtags.hashtag as item_id,
        min(events.first_at) as happened_at,
        min(events.first_at) as positive_at
    from events
    inner join hashtags on events.item_id = hashtags.post_id
    where events.item_kind = 'note'
    group by hashtags.hashtag, events.user_id
),

-- did a few characters do?
short as (
    select
        'short' as signal_name,
        'note' as item_kind,
        post_id as item_id,
        created_at as happened_at,
        if(
            length(text_clean) <= {{ var("short_comment_length") }}, created_at, null
        ) as positive_at
    from comments
    where user_id is distinct from post_author_id
),

trials as (
    select * from answered
    union all
    select * from newcomer
    union all
    select * from local
    union all
    select * from reached
    union all
    select * from short
),

signals as (
    select
        trials.signal_name,
        trials.item_kind,
        trials.item_id,
        items.item_number,
        trials.happened_at,
        trials.positive_at,
        trials.positive_at is not null as is_positive
    from trials
    inner join items
        on trials.item_kind = items.item_kind and trials.item_id = items.item_id
)

select * from signals
