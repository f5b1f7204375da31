-- The zone of a written local time is found by evidence: the id holds the same instant
-- in UTC. Every offset that at least a tenth of a file's comparable rows agree on is
-- kept, and so is one an hour from the main one that two rows agree on: a clock with
-- daylight saving has two. A file without evidence is
-- assumed to be written in the platform's zone.
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

local_times as (
    select
        source_file,
        written['local_time'] as local_time,
        id_created_at
    from posts
    where written['local_time'] is not null
    union all
    select
        source_file,
        written['local_time'] as local_time,
        id_created_at
    from comments
    where written['local_time'] is not null
),

offsets as (
    select
        source_file,
        15 * round(
            date_diff('second', id_created_at, local_time) / 900.0
        )::integer as utc_offset_minutes,
        abs(
            date_diff('second', id_created_at, local_time)
            - 900 * round(date_diff('second', id_created_at, local_time) / 900.0)
        ) <= {{ var("created_at_tolerance_seconds") }} as is_close
    from local_times
    where id_created_at is not null
),

counted as (
    select
        source_file,
        utc_offset_minutes,
        count(*) as agreeing_row_count,
        sum(count(*)) over (partition by source_file) as comparable_row_count
    from offsets
    where is_close and utc_offset_minutes between -720 and 840
    group by source_file, utc_offset_minutes
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_file
            order by agreeing_row_count desc, utc_offset_minutes asc
        ) = 1 as is_main_offset,
        first_value(utc_offset_minutes) over (
            partition by source_file
            order by agreeing_row_count desc, utc_offset_minutes asc
        ) as main_offset_minutes
    from counted
),

kept as (
    select
        source_file,
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
        source_file,
        {{ zone_offset_minutes("min(local_time)", var("platform_zone")) }}
            as utc_offset_minutes,
        0::bigint as agreeing_row_count,
        null::double as agreeing_share,
        true as is_main_offset,
        'assumed' as evidence
    from local_times
    where source_file not in (select kept.source_file from kept)
    group by source_file
),

clocks as (
    select * from kept
    union all
    select * from assumed
)

select * from clocks
