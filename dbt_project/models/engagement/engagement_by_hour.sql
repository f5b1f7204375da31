with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

clocks as (
    select
        'platform' as clock,
        '{{ var("platform_zone") }}' as zone
    union all
    select
        'audience' as clock,
        '{{ var("audience_zone") }}' as zone
),

hours as (
    select
        clocks.clock,
        clocks.zone,
        series.hour_of_day::integer as post_hour
    from clocks
    cross join generate_series(0, 23) as series (hour_of_day)
),

posts_by_clock as (
    select
        posts.*,
        clocks.clock,
        if(clocks.clock = 'platform', posts.post_hour, posts.audience_hour)
            as hour_of_day
    from posts
    cross join clocks
),

summarised as (
    select
        hours.clock,
        hours.zone,
        hours.post_hour,
        {{ engagement_summary() }}
    from hours
    left join posts_by_clock
        on
            hours.clock = posts_by_clock.clock
            and hours.post_hour = posts_by_clock.hour_of_day
    group by hours.clock, hours.zone, hours.post_hour
)

select * from summarised
