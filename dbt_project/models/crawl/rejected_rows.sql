with

judged as (
    select * from {{ ref("int_rows__judged") }}
),

rejected as (
    select
        entity,
        source_file,
        row_number,
        crawl_format,
        row_id,
        rejection_reasons
    from judged
    where row_status = 'rejected'
)

select * from rejected
