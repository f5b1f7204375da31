-- The p value of an interval is .05 where its end touches the value, on every scale and
-- either side, and 1 on the other side; a null resolves no further than its draws until
-- none of them reached the statistic.
with

cases as (
    select
        'touches' as case_name,
        0.05 as expected,
        {{ interval_p_value("0.6", "0.5", "0.5") }} as found
    union all
    select
        'touches, log, below' as case_name,
        0.05 as expected,
        {{ interval_p_value("0.8", "1", "1", side="below", scale="log") }} as found
    union all
    select
        'touches, logit' as case_name,
        0.05 as expected,
        {{ interval_p_value("0.7", "0.6", "0.6", scale="logit") }} as found
    union all
    select
        'touches, fisher' as case_name,
        0.05 as expected,
        {{ interval_p_value("0.7", "0.5", "0.5", scale="fisher") }} as found
    union all
    select
        'twice as far' as case_name,
        0.0000885 as expected,
        {{ interval_p_value("0.7", "0.6", "0.5") }} as found
    union all
    select
        'on the other side' as case_name,
        1.0 as expected,
        {{ interval_p_value("0.4", "0.3", "0.5") }} as found
    union all
    select
        'no width' as case_name,
        null as expected,
        {{ interval_p_value("0.6", "0.6", "0.5") }} as found
    union all
    select
        'some draws reached it' as case_name,
        0.02 as expected,
        {{ null_p_value("0.02", "9", "99") }} as found
    union all
    select
        'no draw reached it, by little' as case_name,
        0.01 as expected,
        {{ null_p_value("0.01", "2", "99") }} as found
    union all
    -- of a t distribution with 99 degrees of freedom
    select
        'no draw reached it, by far' as case_name,
        0.0000071 as expected,
        {{ null_p_value("0.01", "4.6", "100", "1") }} as found
    union all
    select
        'eight of twenty' as case_name,
        0.868412 as expected,
        exact_tail(8, 20, 0.5) as found
)

select *
from cases
where
    (found is null) <> (expected is null)
    or abs(found - expected) > 1e-4 * greatest(expected, 0.01)
