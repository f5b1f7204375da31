-- Survival after the first day, for the hazard ratios. The clock restarts one landmark
-- after the first post, so that covariates measured until then cannot contain the
-- outcome (immortal time). Engagement of the first post is the count as crawled: it
-- describes the post in hindsight and is no prediction.
{%- set landmark = "interval " ~ var("retention_landmark_hours") ~ " hour" %}
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

engagement as (
    select * from {{ ref("int_posts__engagement") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

features as (
    select * from {{ ref("int_retention__features") }}
),

starts as (
    select
        user_id,
        first_post_at + {{ landmark }} as landmark_at,
        followed_until_at
    from users
),

activities as (
    {{ activities(["user_id", "created_at"]) }}
),

-- whoever is not seen after the landmark has left at the landmark
moments as (
    select
        starts.user_id,
        min(activities.created_at) as returned_at,
        coalesce(max(activities.created_at), any_value(starts.landmark_at))
            as last_seen_at
    from starts
    left join activities
        on
            starts.user_id = activities.user_id
            and starts.landmark_at < activities.created_at
            and starts.followed_until_at >= activities.created_at
    group by starts.user_id
),

ends as (
    select
        starts.user_id,
        'return' as outcome,
        starts.landmark_at,
        moments.returned_at as event_at,
        starts.followed_until_at as censored_at
    from starts
    inner join moments on starts.user_id = moments.user_id
    union all
    select
        starts.user_id,
        'leaving' as outcome,
        starts.landmark_at,
        moments.last_seen_at as event_at,
        starts.followed_until_at - {{ silence }} as censored_at
    from starts
    inner join moments on starts.user_id = moments.user_id
),

joined as (
    select
        users.user_id,
        users.user_number,
        ends.outcome,
        posts.language,
        features.log_account_age_days,
        features.first_day_log_partner_count as log_partner_count,
        date_diff(
            'second',
            ends.landmark_at,
            least(coalesce(ends.event_at, ends.censored_at), ends.censored_at)
        ) / 86400.0::double as duration_days,
        ln(1 + engagement.known_engagement) as log_engagement_count,
        coalesce(ends.event_at <= ends.censored_at, false) as is_event
    from ends
    inner join users on ends.user_id = users.user_id
    inner join posts on users.first_post_id = posts.post_id
    inner join engagement on users.first_post_id = engagement.post_id
    inner join features on users.user_id = features.user_id
    where ends.censored_at >= ends.landmark_at
)

select * from joined
