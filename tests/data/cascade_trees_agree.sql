-- Depth, breadth and structural virality as the package computes them from the parents
-- against the same from subtree sizes in SQL.
with

measured as (
    select
        cascade_number,
        statistic,
        observed
    from {{ ref("cascade_shape_null") }}
    where cascade_number > 0
),

notes as (
    select
        cascade_number,
        'depth' as statistic,
        depth::double as expected
    from {{ ref("int_cascades__notes") }}
    union all
    select
        cascade_number,
        'breadth' as statistic,
        breadth::double as expected
    from {{ ref("int_cascades__notes") }}
    union all
    select
        cascade_number,
        'structural_virality' as statistic,
        structural_virality as expected
    from {{ ref("int_cascades__notes") }}
)

select
    measured.cascade_number,
    measured.statistic,
    measured.observed,
    notes.expected
from measured
left join notes
    on
        measured.cascade_number = notes.cascade_number
        and measured.statistic = notes.statistic
where coalesce(abs(measured.observed - notes.expected) > 1e-9, true)
