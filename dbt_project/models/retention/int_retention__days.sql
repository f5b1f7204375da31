-- A crawl can pause: a file may hold two crawls. Days are joined into waves so that
-- nobody counts as silent while nobody was looking. The arrival always starts a wave.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

busy_days as (
    select
        post_date,
        count(*) as post_count
    from posts
    group by post_date
),

calendar as (
    select
        unnest(
            generate_series(
                min(post_date)::timestamp, max(post_date)::timestamp, interval 1 day
            )
        )::date as post_date
    from busy_days
),

days as (
    select
        calendar.post_date,
        coalesce(busy_days.post_count, 0) as post_count,
        calendar.post_date >= date '{{ var("newcomer_from") }}' as is_after_arrival,
        avg(coalesce(busy_days.post_count, 0)) over () as mean_post_count
    from calendar
    left join busy_days on calendar.post_date = busy_days.post_date
),

-- both neighbours count, but only on the same side of the arrival
smoothed as (
    select
        *,
        sum(post_count) over (
            partition by is_after_arrival
            order by post_date
            rows between 1 preceding and 1 following
        ) / 3.0::double as smoothed_post_count
    from days
),

sampled as (
    select *
    from smoothed
    where
        post_count > 0
        and smoothed_post_count >= {{ var("wave_floor_share") }} * mean_post_count
),

holes as (
    select
        *,
        coalesce(
            post_date - lag(post_date) over (
                partition by is_after_arrival
                order by post_date
            ) > {{ var("wave_gap_days") }} + 1,
            true
        ) as is_start
    from sampled
),

stretches as (
    select
        *,
        sum(is_start::integer) over (order by post_date) as stretch_number
    from holes
),

waves as (
    select
        stretch_number,
        is_after_arrival,
        min(post_date) as started_on,
        max(post_date) as ended_on
    from stretches
    group by stretch_number, is_after_arrival
    having sum(post_count) >= {{ var("retention_min_users") }}
),

named as (
    select
        started_on,
        ended_on,
        if(
            is_after_arrival,
            row_number() over (partition by is_after_arrival order by started_on),
            0
        )::integer as wave_number
    from waves
),

joined as (
    select
        days.post_date,
        days.post_count,
        days.is_after_arrival,
        named.wave_number,
        case
            when not days.is_after_arrival then 'before the arrival'
            when named.wave_number is null then 'outside the waves'
            else 'wave ' || named.wave_number
        end as wave_name,
        named.started_on as wave_started_on,
        named.ended_on as wave_ended_on,
        -- a day outside every wave is followed to its own end only
        timezone(
            'UTC',
            timezone(
                '{{ var("platform_zone") }}',
                (coalesce(named.ended_on, days.post_date) + 1)::timestamp
            )
        ) as followed_until_at
    from days
    left join named
        on days.post_date between named.started_on and named.ended_on
)

select * from joined
