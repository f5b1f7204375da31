-- What people drew in SQL against the ranking, and the expectations under the null: a
-- shuffle within strata moves what was drawn and creates none.
with

actions as (
    select
        influence_role,
        user_number,
        count(*) as action_count,
        sum(drawn_count) as drawn_count
    from {{ ref("int_cascades__actions") }}
    group by influence_role, user_number
),

ranked as (
    select * from {{ ref("cascade_influence_null") }}
),

people as (
    select
        ranked.influence_role,
        ranked.drawn_count::double as found,
        actions.drawn_count::double as expected
    from ranked
    left join actions
        on
            ranked.influence_role = actions.influence_role
            and ranked.user_number = actions.user_number
    where
        coalesce(
            ranked.drawn_count <> actions.drawn_count
            or ranked.action_count <> actions.action_count,
            true
        )
),

totals as (
    select
        influence_role,
        sum(expected_count) as found,
        sum(drawn_count)::double as expected
    from ranked
    group by influence_role
    having
        abs(sum(expected_count) - sum(drawn_count)) > 0.000001 * (1 + sum(drawn_count))
)

select * from people
union all
select * from totals
