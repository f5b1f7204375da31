-- What the trials say of an item, from each moment on at which they say something else:
-- the certain part of the share in favour, how balanced the share is, or how many were
-- in favour.
with

trials as (
    select * from {{ ref("int_interactions__signals") }}
),

measures as (
    select distinct
        signal_name,
        measure
    from {{ ref("recommendation_strategies") }}
    where signal_name is not null
),

changes as (
    select
        signal_name,
        item_kind,
        item_number,
        happened_at as changed_at,
        1 as is_trial,
        0 as is_hit
    from trials
    union all
    select
        signal_name,
        item_kind,
        item_number,
        positive_at as changed_at,
        0 as is_trial,
        1 as is_hit
    from trials
    where positive_at is not null
),

moments as (
    select
        signal_name,
        item_kind,
        item_number,
        changed_at,
        sum(is_trial) as trial_count,
        sum(is_hit) as hit_count
    from changes
    group by signal_name, item_kind, item_number, changed_at
),

counted as (
    select
        signal_name,
        item_kind,
        item_number,
        changed_at,
        sum(trial_count) over history as trial_total,
        sum(hit_count) over history as hit_total
    from moments
    window history as (
        partition by signal_name, item_kind, item_number
        order by changed_at
    )
),

scored as (
    select
        -- ids
        counted.signal_name,
        counted.item_kind,
        counted.item_number,

        -- numerics
        case measures.measure
            when 'lower'
                then
                    {{ wilson_bound("hit_total", "trial_total", "low") }}
            -- q (1 - q) of the share q, shrunk by five trials without an outcome
            when 'balance'
                then
                    4 * counted.hit_total
                    * (counted.trial_total - counted.hit_total)
                    / counted.trial_total / (counted.trial_total + 5)
            when 'count' then ln(1 + counted.hit_total)
        end as score,

        -- timestamps
        counted.changed_at
    from counted
    inner join measures on counted.signal_name = measures.signal_name
)

select * from scored
