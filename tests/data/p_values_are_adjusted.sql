-- The p values of two families, adjusted by hand: of four, m c(m) is 4 * 25 / 12; a null is
-- no member, and a p value never becomes more than 1.
with

cases as (
    select *
    from (
        values
        ('four', 0.041, 0.0854167),
        ('four', 0.008, 0.0333333),
        ('four', 0.001, 0.0083333),
        ('four', 0.039, 0.0854167),
        ('four', null, null),
        ('two', 0.9, 1.0),
        ('two', 0.02, 0.06)
    ) as listed (family, p_value, expected)
),

ranked as (
    select
        *,
        row_number() over (partition by family order by p_value asc nulls last)
            as rank_in_family
    from cases
),

adjusted as (
    select
        *,
        {{ adjusted_p_value("p_value", "family") }} as found
    from ranked
)

select *
from adjusted
where
    (found is null) <> (expected is null)
    or abs(found - expected) > 1e-6
