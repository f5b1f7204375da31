with

files as (
    select * from {{ ref("stg_crawl__files") }}
),

-- a file of a generated crawl is synthetic in all its parts
summed as (
    select
        source_file,
        crawl_format,
        entity,
        sum(row_count)::bigint as row_count,
        bool_or(bool_or(is_synthetic)) over (partition by source_file) as is_synthetic
    from files
    group by source_file, crawl_format, entity
)

select * from summed
