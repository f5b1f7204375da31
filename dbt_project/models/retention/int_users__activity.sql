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

automated as (
    select * from {{ ref("int_users__automated") }}
),

windows as (
    select * from {{ ref("int_sources__windows") }}
    where entity = 'posts'
),

days as (
    select * from {{ ref("int_retention__days") }}
),

declared as (
    select * from {{ ref("int_posts__comment_coverage") }}
),

first_posts as (
    select *
    from posts
    qualify row_number() over (partition by user_id order by post_number) = 1
),

activities as (
    {{ activities(["user_id", "created_at"]) }}
),

numbered as (
    select
        *,
        {{ local_time("created_at", var("platform_zone")) }}::date as activity_date,
        row_number() over (partition by user_id, is_post, created_at)
            as number_at_moment
    from activities
),

-- what a user did before the first observed post is not a return; of several posts at
-- that moment all but one are
dated as (
    select
        numbered.user_id,
        numbered.created_at,
        numbered.is_post,
        numbered.activity_date,
        days.wave_number,
        numbered.created_at > first_posts.created_at
        or (
            numbered.created_at = first_posts.created_at
            and (not numbered.is_post or numbered.number_at_moment > 1)
        ) as is_after_first_post
    from numbered
    left join first_posts on numbered.user_id = first_posts.user_id
    left join days on numbered.activity_date = days.post_date
),

-- a banded count is a lower bound, so coverage is at most what is said here
coverage as (
    select
        posts.user_id,
        sum(declared.declared_comment_count) as declared_comment_count,
        sum(
            least(declared.collected_comment_count, declared.declared_comment_count)
        ) filter (
            where declared.declared_comment_count is not null
        ) as covered_comment_count
    from posts
    inner join declared on posts.post_id = declared.post_id
    group by posts.user_id
),

summed as (
    select
        user_id,
        count(*) as activity_count,
        count(distinct activity_date) as active_day_count,
        min(created_at) as first_activity_at,
        max(created_at) as last_activity_at,
        min(created_at) filter (where is_post and is_after_first_post)
            as second_post_at,
        min(created_at) filter (where is_after_first_post) as second_activity_at,
        coalesce(
            list_sort(list(distinct wave_number) filter (
                where is_post and wave_number is not null
            )),
            []
        ) as post_waves,
        coalesce(
            list_sort(list(distinct wave_number) filter (
                where wave_number is not null
            )),
            []
        ) as activity_waves
    from dated
    group by user_id
),

followed as (
    select
        -- ids
        users.user_id,
        users.user_number,
        first_posts.post_id as first_post_id,

        -- strings
        first_posts.source_file,
        first_posts.crawl_format,
        days.wave_name,

        -- numerics
        days.wave_number,
        users.post_count,
        summed.activity_count,
        summed.active_day_count,
        coverage.declared_comment_count::bigint as declared_comment_count,
        coverage.covered_comment_count::bigint as covered_comment_count,
        summed.post_waves,
        summed.activity_waves,

        -- timestamps
        summed.first_activity_at,
        summed.last_activity_at,
        first_posts.created_at as first_post_at,
        summed.second_post_at,
        summed.second_activity_at,
        windows.followed_until_at as crawl_end_at,
        least(windows.followed_until_at, days.followed_until_at) as followed_until_at
    from users
    inner join summed on users.user_id = summed.user_id
    left join first_posts on users.user_id = first_posts.user_id
    left join coverage on users.user_id = coverage.user_id
    left join windows on first_posts.source_file = windows.source_file
    left join days on first_posts.post_date = days.post_date
    -- a machine neither stays nor leaves
    where users.user_id not in (select automated.user_id from automated)
)

select * from followed
