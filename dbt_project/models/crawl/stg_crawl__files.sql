{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="source_file",
        full_refresh=not var("grow"),
        on_schema_change="fail",
        pre_hook=["{{ keep_other_crawl() }}", "{{ keep_key() }}"],
    )
}}

with

source as (
    select * from {{ source("crawl", "files") }}
),

renamed as (
    select
        _source_file as source_file,
        _format as crawl_format,
        _entity as entity,
        _encoding as encoding,
        _row_count::bigint as row_count,
        _is_synthetic::boolean as is_synthetic,
        {{ key_fingerprint() }} as key_fingerprint
    from source
)

select * from renamed
