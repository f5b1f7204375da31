-- Communities are numbered without a gap, the largest first.
with

communities as (
    select * from {{ ref("communities") }}
),

numbered as (
    select
        tie_kind,
        community_number,
        user_count,
        row_number() over (
            partition by tie_kind
            order by community_number
        ) as expected_number,
        lag(user_count) over (
            partition by tie_kind
            order by community_number
        ) as larger_count
    from communities
)

select *
from numbered
where
    community_number <> expected_number
    or user_count > larger_count
