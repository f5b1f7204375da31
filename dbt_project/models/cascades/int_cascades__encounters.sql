with

timelines as (
    select * from {{ ref("int_cascades__timelines") }}
),

note_tags as (
    select * from {{ ref("int_interactions__note_tags") }}
),

encounters as (
    select
        timelines.action_number,
        timelines.user_id,
        timelines.post_id,
        note_tags.hashtag,
        note_tags.tag_number as hashtag_number,
        timelines.is_post as is_use,
        timelines.happened_at
    from timelines
    inner join note_tags on timelines.post_id = note_tags.post_id
)

select * from encounters
