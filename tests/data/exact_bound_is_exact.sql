-- The exact interval of a share against published and computed values, to six digits:
-- where the score interval of 5 in 191 would clear one in a hundred, this one does not.
with

cases as (
    select
        unnest([0, 10, 5, 850, 0]) as success_count,
        unnest([10, 10, 191, 1000, 0]) as trial_count,
        unnest([0.0, 0.691503, 0.008553, 0.826342, null]) as expected_low,
        unnest([0.308497, 1.0, 0.060030, 0.871575, null]) as expected_high
),

bounds as (
    select
        *,
        round({{ exact_bound("success_count", "trial_count", "low") }}, 6) as low,
        round({{ exact_bound("success_count", "trial_count", "high") }}, 6) as high
    from cases
)

select *
from bounds
where
    low is distinct from expected_low
    or high is distinct from expected_high
