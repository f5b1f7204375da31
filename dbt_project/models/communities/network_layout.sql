with

positions as (
    select * from {{ ref("tie_layout") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

placed as (
    select
        -- ids
        positions.tie_kind,
        users.user_id,

        -- numerics
        positions.component_number,
        positions.x,
        positions.y
    from positions
    inner join users on positions.user_number = users.user_number
)

select * from placed
