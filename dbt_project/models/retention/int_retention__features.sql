-- What can be known about an author at the first post and one day later, and what came
-- of it. Each feature and the moment at which it is known is registered in the package
-- (methods/prediction.py); counts of likes and everything later stay out.
{%- set first_day = "interval " ~ var("retention_landmark_hours") ~ " hour" %}
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

days as (
    select * from {{ ref("int_retention__days") }}
),

-- the end of the user's own file, beyond which nothing can be seen
starts as (
    select
        user_id,
        first_post_at,
        crawl_end_at,
        first_post_at + {{ first_day }} as first_day_end_at,
        first_post_at + interval {{ var("retained_after_days") }} day
            as retained_from_at,
        first_post_at + interval {{ var("retained_within_days") }} day
            as retained_to_at
    from users
),

early_posts as (
    select
        starts.user_id,
        count(*) as post_count
    from starts
    inner join posts on starts.user_id = posts.user_id
    where posts.created_at < starts.first_day_end_at
    group by starts.user_id
),

early_written as (
    select
        starts.user_id,
        comments.replied_to_user_id as partner_id,
        1 as written_count,
        0 as received_count
    from starts
    inner join comments on starts.user_id = comments.user_id
    where
        comments.created_at >= starts.first_post_at
        and comments.created_at < starts.first_day_end_at
),

early_received as (
    select
        starts.user_id,
        comments.user_id as partner_id,
        0 as written_count,
        1 as received_count
    from starts
    inner join comments on starts.user_id = comments.post_author_id
    where
        comments.created_at >= starts.first_post_at
        and comments.created_at < starts.first_day_end_at
        and comments.user_id <> starts.user_id
),

early_meetings as (
    select * from early_written
    union all
    select * from early_received
),

early_comments as (
    select
        user_id,
        sum(written_count) as written_count,
        sum(received_count) as received_count,
        count(distinct partner_id) filter (where partner_id <> user_id)
            as partner_count
    from early_meetings
    group by user_id
),

activities as (
    {{ activities(["user_id", "created_at"]) }}
),

returns as (
    select
        starts.user_id,
        count(*) as return_count
    from starts
    inner join activities on starts.user_id = activities.user_id
    where
        activities.created_at >= starts.retained_from_at
        and activities.created_at < starts.retained_to_at
    group by starts.user_id
),

-- whoever is not seen on a day without a crawl may have been active all the same
watched as (
    select
        starts.user_id,
        date_diff(
            'day',
            {{ local_time("starts.retained_from_at", var("platform_zone")) }}::date,
            {{ local_time("starts.retained_to_at", var("platform_zone")) }}::date
        ) + 1 = count(days.post_date) as is_watched
    from starts
    left join days
        on
            days.wave_number is not null
            and days.post_date between
            {{ local_time("starts.retained_from_at", var("platform_zone")) }}::date
            and {{ local_time("starts.retained_to_at", var("platform_zone")) }}::date
    group by starts.user_id, starts.retained_from_at, starts.retained_to_at
),

joined as (
    select
        -- ids
        users.user_id,
        users.user_number,

        -- traits of the crawl: for the baseline that must not win
        posts.crawl_format,
        posts.source_file,
        posts.is_title_missing,
        posts.is_body_missing,
        posts.has_topic_marker,

        -- timestamps
        users.first_post_at,
        starts.retained_to_at as is_retained_known_at,

        -- known at the first post
        posts.han_share,
        ln(1 + greatest(posts.account_age_days, 0)) as log_account_age_days,
        if(posts.post_type = 'unknown', null, posts.post_type = 'video') as is_video,
        ln(1 + posts.text_length) as log_text_length,
        ln(1 + posts.hashtag_count) as log_hashtag_count,
        ln(1 + posts.emoji_count) as log_emoji_count,

        -- known one day later; null when the crawl ended before
        if(
            starts.first_day_end_at <= starts.crawl_end_at,
            ln(1 + coalesce(early_posts.post_count, 0)),
            null
        ) as first_day_log_post_count,
        if(
            starts.first_day_end_at <= starts.crawl_end_at,
            ln(1 + coalesce(early_comments.written_count, 0)),
            null
        ) as first_day_log_written_count,
        if(
            starts.first_day_end_at <= starts.crawl_end_at,
            ln(1 + coalesce(early_comments.received_count, 0)),
            null
        ) as first_day_log_received_count,
        if(
            starts.first_day_end_at <= starts.crawl_end_at,
            ln(1 + coalesce(early_comments.partner_count, 0)),
            null
        ) as first_day_log_partner_count,

        -- for how long the crawl looks on
        date_diff('second', users.first_post_at, users.followed_until_at)
        / 86400.0::double as followed_days,

        -- a count of the first post is a band
        coalesce(posts.is_like_count_censored, false)
        or coalesce(posts.is_collect_count_censored, false)
        or coalesce(posts.is_comment_count_censored, false)
        or coalesce(posts.is_share_count_censored, false) as is_count_banded,

        -- outcomes: null when the crawl cannot tell
        case
            when not coalesce(posts.is_newcomer, false) then null
            when starts.retained_to_at > starts.crawl_end_at then null
            when not watched.is_watched then null
            else coalesce(returns.return_count, 0) > 0
        end as is_retained,
        users.second_post_at is not null as is_repeat_poster,
        coalesce(users.second_post_at, starts.crawl_end_at)
            as is_repeat_poster_known_at
    from users
    inner join starts on users.user_id = starts.user_id
    inner join watched on users.user_id = watched.user_id
    inner join posts on users.first_post_id = posts.post_id
    left join early_posts on users.user_id = early_posts.user_id
    left join early_comments on users.user_id = early_comments.user_id
    left join returns on users.user_id = returns.user_id
)

select * from joined
