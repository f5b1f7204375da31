with

counted as (
    select * from {{ ref("int_files__counted") }}
),

crawl_rows as (
    select
        -- ids
        source_file,
        crawl_format,
        entity,

        -- numerics
        raw_count,
        accepted_count,
        rejected_count,
        superseded_count,

        -- booleans
        is_synthetic
    from counted
)

select * from crawl_rows
