with

sensitivity as (
    select * from {{ ref("density_sensitivity") }}
)

select * from sensitivity
