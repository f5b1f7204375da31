with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

commented as (
    select
        user_id,
        'note' as item_kind,
        post_id as item_id,
        created_at
    from comments
    where user_id is distinct from post_author_id
),

replied as (
    select
        user_id,
        'creator' as item_kind,
        replied_to_user_id as item_id,
        created_at
    from comments
    where user_id <> replied_to_user_id
),

tagged as (
    select
        hashtags.user_id,
        'tag' as item_kind,
        hashtags.hashtag as item_id,
        posts.created_at
    from hashtags
    inner join posts on hashtags.post_id = posts.post_id
),

interactions as (
    select * from commented
    union all
    select * from replied
    union all
    select * from tagged
),

events as (
    select
        -- ids
        users.user_id,
        users.user_number,
        items.item_kind,
        items.item_id,
        items.item_number,

        -- numerics
        count(*) as interaction_count,

        -- timestamps
        min(interactions.created_at) as first_at
    from interactions
    inner join users on interactions.user_id = users.user_id
    inner join items
        on
            interactions.item_kind = items.item_kind
            and interactions.item_id = items.item_id
    group by all
)

select * from events
