-- The verdict of a finding turns when its numbers do: above and below the null, on either
-- claimed side, without an interval, and where the crawl cannot tell.
with

numbers as (
    select *
    from (
        values
        ('above', 0.6, 0.4, 0.8, true, 'supported', 'not supported'),
        ('across', 0.3, 0.1, 0.5, true, 'not supported', 'not supported'),
        ('below', 0.1, 0.0, 0.2, true, 'not supported', 'supported'),
        (
            'no interval', 0.6, null, null, true,
            'not identifiable on this crawl', 'not identifiable on this crawl'
        ),
        (
            'refused', 0.6, 0.4, 0.8, false,
            'not identifiable on this crawl', 'not identifiable on this crawl'
        )
    ) as cases (case_name, estimate, low, high, can_tell, if_above, if_below)
),

judged as (
    select
        if_above as expected,
        {{ finding("case_name", "a", "b", "'c'", "'d'", "estimate", "0.3", "e", "1", "f",
            low="low", high="high", is_identifiable="can_tell") }}
    from numbers
    union all
    select
        if_below as expected,
        {{ finding("case_name", "a", "b", "'c'", "'d'", "estimate", "0.3", "e", "1", "f",
            low="low", high="high", is_identifiable="can_tell", side="below") }}
    from numbers
)

select *
from judged
where verdict <> expected
