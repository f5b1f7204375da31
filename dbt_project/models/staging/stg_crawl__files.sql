{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="source_file",
        full_refresh=not var("grow"),
        on_schema_change="fail",
    )
}}

with

source as (
    select * from {{ source("crawl", "files") }}
),

study_posts as (
    select * from {{ source("crawl", "study_posts") }}
),

mediacrawler_comments as (
    select * from {{ source("crawl", "mediacrawler_comments") }}
),

-- no picture of a real crawl has an address under the reserved domain `.example`
-- (RFC 2606), and every picture of a generated one does
synthetic as (
    select _source_file
    from study_posts
    where post_image like 'https://%.example/%'
    union
    select _source_file
    from mediacrawler_comments
    where avatar like 'https://%.example/%'
),

renamed as (
    select
        source._source_file as source_file,
        source._format as crawl_format,
        source._entity as entity,
        source._encoding as encoding,
        source._row_count::bigint as row_count,
        synthetic._source_file is not null as is_synthetic
    from source
    left join synthetic on source._source_file = synthetic._source_file
)

select * from renamed
