with

judged as (
    select * from {{ ref("int_rows__judged") }}
),

counted as (
    select
        source_file,
        crawl_format,
        entity,
        count(*) as raw_count,
        count(*) filter (where row_status = 'accepted') as accepted_count,
        count(*) filter (where row_status = 'rejected') as rejected_count,
        count(*) filter (where row_status = 'superseded') as superseded_count
    from judged
    group by source_file, crawl_format, entity
)

select * from counted
