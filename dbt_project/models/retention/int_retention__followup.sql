-- Three honest readings of "retained" in a crawl. A second post or second activity
-- counts from the moment it is seen. A user has left with the last observed activity if
-- silence of the given length could be observed after it: follow-up for leaving ends
-- that much before the crawl does, and a user followed for less has no row.
{%- set silence = "interval " ~ var("retention_silence_days") ~ " day" %}
with

users as (
    select *
    from {{ ref("int_users__activity") }}
    where first_post_at is not null
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

activities as (
    {{ activities(["user_id", "created_at"]) }}
),

lasts as (
    select
        activities.user_id,
        max(activities.created_at) as last_seen_at,
        count(*) - 1 as gap_count
    from activities
    inner join users on activities.user_id = users.user_id
    where
        activities.created_at >= users.first_post_at
        and activities.created_at <= users.followed_until_at
    group by activities.user_id
),

ends as (
    select
        user_id,
        'second_post' as outcome,
        second_post_at as event_at,
        followed_until_at as censored_at
    from users
    union all
    select
        user_id,
        'second_activity' as outcome,
        second_activity_at as event_at,
        followed_until_at as censored_at
    from users
    union all
    select
        users.user_id,
        'still_active' as outcome,
        lasts.last_seen_at as event_at,
        users.followed_until_at - {{ silence }} as censored_at
    from users
    left join lasts on users.user_id = lasts.user_id
),

followed as (
    select
        users.user_id,
        users.user_number,
        ends.outcome,
        users.declared_comment_count,
        users.covered_comment_count,
        if(ends.outcome = 'second_post', users.post_count, users.activity_count)
            as observation_count,
        coalesce(lasts.gap_count, 0) as gap_count,
        coalesce(
            date_diff('second', users.first_post_at, lasts.last_seen_at), 0
        ) / 86400.0::double as seen_span_days,
        date_diff(
            'second',
            users.first_post_at,
            least(coalesce(ends.event_at, ends.censored_at), ends.censored_at)
        ) / 86400.0::double as duration_days,
        if(ends.outcome = 'second_post', users.post_waves, users.activity_waves)
            as seen_waves,
        coalesce(ends.event_at <= ends.censored_at, false) as is_event
    from ends
    inner join users on ends.user_id = users.user_id
    left join lasts on ends.user_id = lasts.user_id
    where ends.censored_at >= users.first_post_at
),

placed as (
    select
        * exclude (seen_waves),
        list_contains(seen_waves, 1) as is_in_first_wave,
        coalesce(list_max(seen_waves) > 1, false) as is_in_later_wave
    from followed
)

select * from placed
