with

files as (
    select * from {{ ref("stg_crawl__files") }}
),

judged as (
    select * from {{ ref("int_rows__judged") }}
),

-- what the reader counted, before any SQL saw a row
files_read as (
    select
        source_file,
        crawl_format,
        case entity when 'posts' then 'post' when 'comments' then 'comment' end
            as entity,
        sum(row_count)::bigint as raw_count,
        bool_or(is_synthetic) as is_synthetic
    from files
    where row_count > 0
    group by source_file, crawl_format, entity
),

rows_judged as (
    select
        source_file,
        entity,
        count(*) filter (where row_status = 'accepted') as accepted_count,
        count(*) filter (where row_status = 'rejected') as rejected_count,
        count(*) filter (where row_status = 'superseded') as superseded_count
    from judged
    group by source_file, entity
),

counted as (
    select
        files_read.source_file,
        files_read.crawl_format,
        files_read.entity,
        files_read.raw_count,
        files_read.is_synthetic,
        coalesce(rows_judged.accepted_count, 0) as accepted_count,
        coalesce(rows_judged.rejected_count, 0) as rejected_count,
        coalesce(rows_judged.superseded_count, 0) as superseded_count
    from files_read
    left join rows_judged
        on
            files_read.source_file = rows_judged.source_file
            and files_read.entity = rows_judged.entity
)

select * from counted
