with

judged as (
    select * from {{ ref("int_rows__judged") }}
),

files as (
    select * from {{ ref("int_files__read") }}
),

synthetic_files as (
    select distinct source_file
    from files
    where is_synthetic
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
),

flagged as (
    select
        counted.*,
        synthetic_files.source_file is not null as is_synthetic
    from counted
    left join synthetic_files on counted.source_file = synthetic_files.source_file
)

select * from flagged
