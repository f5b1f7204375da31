with

encounters as (
    select * from {{ ref("int_cascades__timelines") }}
    where hashtag is not null
),

notes as (
    select * from {{ ref("int_posts__cleaned") }}
),

first_uses as (
    select
        user_id,
        hashtag,
        min(happened_at) as adopted_at,
        arg_min(post_id, (happened_at, action_number)) as adopted_post_id
    from encounters
    where is_post
    group by user_id, hashtag
),

meetings as (
    select
        first_uses.user_id,
        first_uses.hashtag,
        first_uses.adopted_at,
        first_uses.adopted_post_id,
        count(*) as exposure_count,
        min(encounters.happened_at) as first_met_at,
        max(encounters.happened_at) as last_met_at,
        arg_max(
            encounters.post_id, (encounters.happened_at, encounters.action_number)
        ) as last_met_post_id
    from first_uses
    inner join encounters
        on
            first_uses.user_id = encounters.user_id
            and first_uses.hashtag = encounters.hashtag
            and not encounters.is_post
            and first_uses.adopted_at > encounters.happened_at
    group by
        first_uses.user_id,
        first_uses.hashtag,
        first_uses.adopted_at,
        first_uses.adopted_post_id
),

previous_notes as (
    select
        meetings.user_id,
        meetings.hashtag,
        max(notes.created_at) as previous_note_at
    from meetings
    inner join notes
        on
            meetings.user_id = notes.user_id
            and meetings.adopted_at > notes.created_at
    group by meetings.user_id, meetings.hashtag
),

recent as (
    select
        meetings.user_id,
        meetings.hashtag,
        count(*) as recent_exposure_count
    from meetings
    left join previous_notes
        on
            meetings.user_id = previous_notes.user_id
            and meetings.hashtag = previous_notes.hashtag
    inner join encounters
        on
            meetings.user_id = encounters.user_id
            and meetings.hashtag = encounters.hashtag
    where
        not encounters.is_post
        and encounters.happened_at < meetings.adopted_at
        and (
            previous_notes.previous_note_at is null
            or encounters.happened_at >= previous_notes.previous_note_at
        )
    group by meetings.user_id, meetings.hashtag
),

adopters as (
    select
        meetings.user_id,
        meetings.hashtag,
        meetings.adopted_post_id,
        meetings.last_met_post_id,
        notes.user_id as last_met_under_user_id,
        meetings.exposure_count,
        meetings.first_met_at,
        meetings.last_met_at,
        meetings.adopted_at,
        coalesce(recent.recent_exposure_count, 0) as recent_exposure_count,
        date_diff('second', meetings.last_met_at, meetings.adopted_at) / 3600.0::double
            as hours_to_adoption
    from meetings
    inner join notes on meetings.last_met_post_id = notes.post_id
    left join recent
        on meetings.user_id = recent.user_id and meetings.hashtag = recent.hashtag
)

select * from adopters
