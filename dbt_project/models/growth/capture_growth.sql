with

captures as (
    select * from {{ ref("int_captures__counts") }}
),

compared as (
    select
        -- ids
        entity,
        item_id,
        capture_number,

        -- numerics
        capture_count,
        like_count,
        is_like_count_censored,
        captured_at,

        -- the capture before, and changes since
        lag(is_like_count_censored) over item_captures
            as is_previous_like_count_censored,
        like_count - lag(like_count) over item_captures as like_count_change,
        date_diff('second', lag(captured_at) over item_captures, captured_at)
        / 86400.0::double as days_since_previous,
        date_diff('second', created_at, captured_at) / 86400.0::double as age_days
    from captures
    window item_captures as (
        partition by entity, item_id
        order by capture_number
    )
)

select * from compared
