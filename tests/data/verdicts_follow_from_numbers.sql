-- The verdict of a finding turns when its numbers do: above and below the null, on either
-- claimed side, without an interval, where the wing judged, and where the crawl cannot
-- tell.
with

cases as (
    select *
    from (
        values
        ('above', 0.6, 0.4, 0.8, true, null, 'above', 'supported'),
        ('above', 0.6, 0.4, 0.8, true, null, 'below', 'not supported'),
        ('across', 0.3, 0.1, 0.5, true, null, 'above', 'not supported'),
        ('across', 0.3, 0.1, 0.5, true, null, 'below', 'not supported'),
        ('below', 0.1, 0.0, 0.2, true, null, 'above', 'not supported'),
        ('below', 0.1, 0.0, 0.2, true, null, 'below', 'supported'),
        ('no interval', 0.6, null, null, true, null, 'above', 'not identifiable on this crawl'),
        ('refused', 0.6, 0.4, 0.8, false, null, 'above', 'not identifiable on this crawl'),
        ('refused', 0.6, 0.4, 0.8, null, true, 'above', 'not identifiable on this crawl'),
        ('no estimate', null, 0.4, 0.8, true, true, 'above', 'not identifiable on this crawl'),
        ('judged', 0.1, null, null, true, true, 'above', 'supported'),
        ('judged', 0.6, 0.4, 0.8, true, false, 'above', 'not supported')
    ) as listed (
        case_name, estimate, interval_low, interval_high, is_identifiable, is_supported,
        side, expected
    )
),

measured as (
    select
        *,
        0.3 as null_value
    from cases
),

judged as (
    select
        case_name,
        side,
        expected,
        {{ verdict("measured", "measured.side") }} as found
    from measured
)

select *
from judged
where found <> expected
