with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

gaps as (
    select
        user_id,
        created_at,
        created_at_evidence,
        epoch(created_at) as created_second,
        (
            epoch(created_at)
            - lag(epoch(created_at)) over (partition by user_id order by post_number)
        ) / 60 as gap_minutes
    from posts
),

paces as (
    select
        user_id,
        min(gap_minutes) as gap_minutes_min,
        count(*) filter (
            where gap_minutes < {{ var("anomaly_burst_minutes") }}
        ) as burst_count
    from gaps
    group by user_id
),

stretched as (
    select
        user_id,
        created_second,
        count(*) filter (
            where gap_minutes > {{ 60 * var("anomaly_pause_hours") }}
        ) over (partition by user_id order by created_second) as stretch_number
    from gaps
),

stretches as (
    select
        user_id,
        (max(created_second) - min(created_second)) / 3600 as stretch_hours
    from stretched
    group by
        user_id,
        stretch_number
),

wakes as (
    select
        user_id,
        max(stretch_hours) as stretch_hours_max
    from stretches
    group by user_id
),

-- a burst is one start, and times that were written by hand or to the day tell of the
-- crawler's clock
starts as (
    select
        user_id,
        created_second,
        2 * pi() * (created_second % 3600) / 3600 as minute_angle,
        (
            created_second
            - lag(created_second) over (partition by user_id order by created_second)
        ) / 60
            as start_gap
    from gaps
    where
        (gap_minutes is null or gap_minutes >= {{ var("anomaly_burst_minutes") }})
        and created_at_evidence not in ('written only', 'none')
),

clocks as (
    select
        user_id,
        count(*) as start_count,
        median(start_gap) as gap_median,
        pow(sum(cos(minute_angle)), 2) + pow(sum(sin(minute_angle)), 2)
            as squared_resultant
    from starts
    group by user_id
    having count(*) >= {{ var("anomaly_clock_min_posts") }}
),

regular as (
    select
        starts.user_id,
        count(*) filter (
            where
            abs(starts.start_gap - clocks.gap_median)
            <= {{ var("anomaly_clock_minutes") }}
        ) as regular_gap_count
    from starts
    inner join clocks on starts.user_id = clocks.user_id
    group by starts.user_id
),

-- by chance, the minutes of an hour have any direction (Rayleigh's test, in the
-- approximation of Zar 1999), and gaps as long are exponential
chances as (
    select
        clocks.user_id,
        exp(
            sqrt(1 + 4 * clocks.start_count + 4 * greatest(
                pow(clocks.start_count, 2) - clocks.squared_resultant, 0
            )) - 1 - 2 * clocks.start_count
        ) as minute_p_value,
        -- one gap is the median itself; a daily habit is no clock, so most must agree
        if(
            2 * regular.regular_gap_count >= clocks.start_count,
            exact_tail(
                regular.regular_gap_count - 1,
                clocks.start_count - 2,
                pow(0.5, 1 - {{ var("anomaly_clock_minutes") }} / clocks.gap_median)
                - pow(0.5, 1 + {{ var("anomaly_clock_minutes") }} / clocks.gap_median)
            ),
            1
        ) as gap_p_value
    from clocks
    inner join regular on clocks.user_id = regular.user_id
),

evidence as (
    select
        user_id,
        round(
            -log10(greatest(least(minute_p_value, gap_p_value), 1e-300)), 2
        ) as clock_evidence
    from chances
),

rhythms as (
    select
        paces.user_id,
        paces.gap_minutes_min,
        paces.burst_count,
        wakes.stretch_hours_max,
        evidence.clock_evidence
    from paces
    inner join wakes on paces.user_id = wakes.user_id
    left join evidence on paces.user_id = evidence.user_id
)

select * from rhythms
