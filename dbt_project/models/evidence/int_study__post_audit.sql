{%- set counts = ["collect", "comment", "share", "like"] -%}
{%- set figures = [
    ("data_rows", "null", "null", "post_count", "null"),
    ("claim_posts", "null", "null", "post_count", "null"),
    ("data_sum_collect", "null", "null", "collect_sum", "collect_sums"),
    ("data_sum_comment", "null", "null", "comment_sum", "comment_sums"),
    ("data_sum_share", "null", "null", "share_sum", "share_sums"),
    ("data_sum_like", "null", "null", "like_sum", "like_sums"),
    ("audit_users", "null", "null", "user_count", "null"),
    ("audit_repeat_users", "null", "null", "repeat_user_count", "null"),
    ("audit_emoji_posts", "emoji_post_count", "null", "null", "null"),
    ("audit_sticker_posts", "sticker_post_count", "null", "null", "null"),
    ("audit_first_post", "null", "first_post", "null", "null"),
    ("audit_last_post", "null", "last_post", "null", "null"),
    ("audit_posts_after_end", "post_count_after_end", "null", "null", "null"),
    ("audit_busiest_days", "busiest_share", "null", "null", "null"),
    ("audit_busiest_hour", "platform_hour", "null", "audience_hour", "null"),
    ("audit_hour_shift", "null", "null", "hour_shift", "null"),
    ("audit_night_first_wave", "null", "busiest_night_posts", "null", "null"),
    ("audit_night_second_wave", "null", "late_night_posts", "null", "null"),
    ("audit_refugee_posts", "null", "refugee_posts", "null", "null"),
    ("audit_explorers_mean_likes", "null", "null", "like_median", "null"),
    ("follow_up_retained_here", "null", "retained_users", "null", "null"),
] -%}
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

days as (
    select
        post_date,
        count(*) as post_count
    from posts
    group by post_date
),

three_days as (
    select
        first_day.post_date as first_date,
        sum(days.post_count) as busiest_count
    from days as first_day
    inner join days
        on days.post_date between first_day.post_date and first_day.post_date + 2
    group by first_day.post_date
    order by busiest_count desc, first_date asc
    limit 1
),

dated_posts as (
    select
        posts.*,
        {{ local_time("posts.created_at", var("platform_zone")) }}
            as platform_time,
        posts.post_date >= date '{{ var("study_second_wave_from") }}' as is_late,
        posts.post_date - three_days.first_date between 0 and 2 as is_busiest
    from posts
    left join three_days on true
),

post_facts as (
    select
        count(*) as post_count,
        count(distinct user_id) as user_count,
        count(*) filter (emoji_count > 0) as emoji_post_count,
        count(*) filter (sticker_count > 0) as sticker_post_count,
        median(like_count) as like_median,
        {%- for count in counts %}
            sum({{ count }}_count) as {{ count }}_sum,
            -- an open band is taken to end before ten times its start
            sum({{ count }}_count) || ' to ' || sum(coalesce(
                {{ count }}_count_high, greatest(10 * {{ count }}_count - 1, 1)
            )) as {{ count }}_sums,
        {%- endfor %}
        strftime(min(platform_time), '%Y-%m-%d %H:%M') as first_post,
        strftime(max(platform_time), '%Y-%m-%d %H:%M') as last_post,
        count(*) filter (
            post_date > date '{{ var("study_stated_to") }}'
        ) as post_count_after_end,
        mode(post_hour order by post_hour) as platform_hour,
        mode(audience_hour order by audience_hour) as audience_hour,
        mode(
            (post_hour - audience_hour + 24) % 24 order by post_hour
        ) as hour_shift,
        count(*) filter (is_busiest) / nullif(count(*), 0) as busiest_share,
        concat(
            count(*) filter (is_busiest and post_hour between 1 and 6),
            ' of ',
            count(*) filter (is_busiest)
        ) as busiest_night_posts,
        concat(
            count(*) filter (is_late and post_hour between 1 and 6),
            ' of ',
            count(*) filter (is_late)
        ) as late_night_posts,
        concat(
            count(*) filter (
                regexp_matches(
                    lower(concat_ws(' ', title, body, array_to_string(hashtags, ' '))),
                    'refug|难民|難民'
                )
            ),
            ' of ',
            count(*)
        ) as refugee_posts
    from dated_posts
),

posts_by_user as (
    select
        user_id,
        count(*) as post_count,
        count(*) filter (post_month = date '2025-01-01') as january_count,
        count(*) filter (post_month = date '2025-02-01') as february_count
    from posts
    group by user_id
),

user_facts as (
    select
        count(*) filter (post_count > 1) as repeat_user_count,
        concat(
            count(*) filter (january_count > 0 and february_count > 0),
            ' of ',
            count(*) filter (january_count > 0)
        ) as retained_users
    from posts_by_user
),

facts as (
    select
        post_facts.*,
        user_facts.*
    from post_facts
    cross join user_facts
),

audited as (
    {{ audit_figures("facts", figures) }}
)

select * from audited
