with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

hashtags as (
    select
        uses.hashtag,
        min(posts.created_at) as first_used_at
    from {{ ref("int_hashtags__extracted") }} as uses
    inner join posts on uses.post_id = posts.post_id
    group by uses.hashtag
),

-- an edited note is dated after its first comments
first_comments as (
    select
        post_id,
        min(created_at) as first_comment_at
    from comments
    group by post_id
),

notes as (
    select
        'note' as item_kind,
        posts.post_number as item_number,
        posts.post_id as item_id,
        users.user_number as owner_number,
        least(posts.created_at, first_comments.first_comment_at) as available_from_at
    from posts
    left join users on posts.user_id = users.user_id
    left join first_comments on posts.post_id = first_comments.post_id
),

-- everybody: who posts or is answered is known only afterwards
creators as (
    select
        'creator' as item_kind,
        user_number as item_number,
        user_id as item_id,
        user_number as owner_number,
        first_seen_at as available_from_at
    from users
),

tags as (
    select
        'tag' as item_kind,
        row_number() over (order by hashtag) as item_number,
        hashtag as item_id,
        null::bigint as owner_number,
        first_used_at as available_from_at
    from hashtags
),

items as (
    select * from notes
    union all
    select * from creators
    union all
    select * from tags
)

select * from items
