-- The zone of a written time is found by evidence: the id holds the same instant in
-- UTC. Every offset that at least a tenth of a file's comparable rows agree on is kept,
-- and so is one an hour from the main one that two rows agree on: a clock with daylight
-- saving has two. Without evidence a local time is assumed to be the platform's, and an
-- epoch to be UTC, which some crawlers get wrong. Evidence tells, too, whether 1/2/2025
-- begins with the month, which is assumed, or with the day.
with

posts as (
    select
        source_file,
        post_id_created_at as id_created_at,
        {{ parse_time("created_at_raw") }} as written
    from {{ ref("stg_crawl__raw_posts") }}
),

comments as (
    select
        source_file,
        comment_id_created_at as id_created_at,
        {{ parse_time("created_at_raw") }} as written
    from {{ ref("stg_crawl__raw_comments") }}
),

written_times as (
    select * from posts
    union all
    select * from comments
),

readings as (
    select
        source_file,
        id_created_at,
        written['utc'] is not null as is_epoch,
        false as is_day_first,
        coalesce(written['utc'], written['local_time']) as wall_time
    from written_times
    union all
    select
        source_file,
        id_created_at,
        false as is_epoch,
        true as is_day_first,
        written['day_first_time'] as wall_time
    from written_times
    where written['day_first_time'] is not null
),

offsets as (
    select
        source_file,
        is_epoch,
        is_day_first,
        wall_time,
        date_diff('second', id_created_at, wall_time) as seconds_ahead,
        15 * round(seconds_ahead / 900.0) as rounded_minutes
    from readings
    where wall_time is not null
),

counted as (
    select
        source_file,
        is_epoch,
        is_day_first,
        rounded_minutes::integer as utc_offset_minutes,
        count(*) as agreeing_row_count
    from offsets
    where
        rounded_minutes between -720 and 840
        and abs(seconds_ahead - 60 * rounded_minutes)
        <= {{ var("created_at_tolerance_seconds") }}
    group by all
),

agreed as (
    select
        source_file,
        is_epoch,
        is_day_first,
        sum(agreeing_row_count) as agreeing_row_count
    from counted
    group by all
),

-- how the dates of a file are read: as most ids have it, or else as more can be read
read_orders as (
    select
        offsets.source_file,
        offsets.is_epoch,
        offsets.is_day_first,
        count(*) as readable_row_count,
        min(offsets.wall_time) as first_wall_time,
        coalesce(max(agreed.agreeing_row_count), 0) as agreeing_row_count
    from offsets
    left join agreed
        on
            offsets.source_file = agreed.source_file
            and offsets.is_epoch = agreed.is_epoch
            and offsets.is_day_first = agreed.is_day_first
    group by all
),

orders as (
    select *
    from read_orders
    qualify
        row_number() over (
            partition by source_file, is_epoch
            order by agreeing_row_count desc, readable_row_count desc, is_day_first asc
        ) = 1
),

ranked as (
    select
        counted.*,
        sum(counted.agreeing_row_count) over by_file as comparable_row_count,
        row_number() over (
            by_file
            order by
                counted.agreeing_row_count desc, counted.utc_offset_minutes asc
        ) = 1 as is_main_offset,
        first_value(counted.utc_offset_minutes) over (
            by_file
            order by
                counted.agreeing_row_count desc, counted.utc_offset_minutes asc
        ) as main_offset_minutes
    from counted
    inner join orders
        on
            counted.source_file = orders.source_file
            and counted.is_epoch = orders.is_epoch
            and counted.is_day_first = orders.is_day_first
    window by_file as (partition by counted.source_file, counted.is_epoch)
),

kept as (
    select
        source_file,
        is_epoch,
        is_day_first,
        utc_offset_minutes,
        agreeing_row_count,
        agreeing_row_count / comparable_row_count as agreeing_share,
        is_main_offset,
        'id' as evidence
    from ranked
    where
        agreeing_row_count >= 0.1 * comparable_row_count
        or (
            agreeing_row_count >= 2
            and abs(utc_offset_minutes - main_offset_minutes) = 60
        )
),

assumed as (
    select
        orders.source_file,
        orders.is_epoch,
        orders.is_day_first,
        if(
            orders.is_epoch,
            0,
            {{ zone_offset_minutes("orders.first_wall_time", var("platform_zone")) }}
        ) as utc_offset_minutes,
        0::bigint as agreeing_row_count,
        null::double as agreeing_share,
        true as is_main_offset,
        'assumed' as evidence
    from orders
    anti join kept
        on
            orders.source_file = kept.source_file
            and orders.is_epoch = kept.is_epoch
),

clocks as (
    select * from kept
    union all
    select * from assumed
)

select * from clocks
