with

events as (
    select * from {{ ref("events") }}
),

dated as (
    select
        -- ids
        event_id,

        -- strings
        title_en,
        title_zh,
        source,
        source_zh,

        -- dates
        {{ local_time("happened_at", var("platform_zone")) }}::date as platform_date,
        {{ local_time("happened_at", var("audience_zone")) }}::date as audience_date,

        -- timestamps
        happened_at
    from events
)

select * from dated
