with

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

note_tags as (
    select
        hashtags.post_id,
        hashtags.hashtag,
        hashtags.post_number as note_number,
        items.item_number as tag_number
    from hashtags
    inner join items on hashtags.hashtag = items.item_id and items.item_kind = 'tag'
)

select * from note_tags
