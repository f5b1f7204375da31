-- What a crawl cannot hide of how much it leaves out. Under the posts it holds, anybody
-- comments: also the people whose posts it does not hold. And a search shows a fixed
-- number of results a day, whereas people do not post in equal numbers.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

days as (
    select * from {{ ref("int_retention__days") }}
    where wave_number is not null
),

authors as (
    select distinct user_id from posts
),

-- under their own posts only authors comment who are seen to post
visitors as (
    select distinct user_id
    from comments
    where user_id <> post_author_id
),

met as (
    select
        count(*) as commenter_count,
        count(authors.user_id) as posting_commenter_count
    from visitors
    left join authors on visitors.user_id = authors.user_id
),

waves as (
    select
        wave_number,
        count(*) - 1 as free_day_count,
        (count(*) - 1) * var_samp(post_count) / avg(post_count) as dispersion
    from days
    group by wave_number
    having count(*) > 1
),

spread as (
    select
        coalesce(sum(free_day_count), 0)::bigint as free_day_count,
        sum(dispersion) / sum(free_day_count) as daily_dispersion
    from waves
),

measured as (
    select
        met.commenter_count,
        met.posting_commenter_count,
        spread.free_day_count,
        spread.daily_dispersion,
        met.posting_commenter_count / nullif(met.commenter_count, 0)
            as posting_commenter_share
    from met
    cross join spread
)

select * from measured
