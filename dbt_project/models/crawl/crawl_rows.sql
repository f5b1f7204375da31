with

files as (
    select * from {{ ref("stg_crawl__files") }}
),

-- what the reader counted, before any SQL saw a row
files_read as (
    select
        source_file,
        crawl_format,
        if(entity = 'posts', 'post', 'comment') as entity,
        sum(row_count)::bigint as raw_count,
        bool_or(is_synthetic) as is_synthetic
    from files
    where entity in ('posts', 'comments') and row_count > 0
    group by source_file, crawl_format, entity
),

rows_judged as (
    select
        'post' as entity,
        source_file,
        row_status
    from {{ ref("stg_crawl__post_rows") }}
    union all
    select
        'comment' as entity,
        source_file,
        row_status
    from {{ ref("stg_crawl__comment_rows") }}
),

rows_counted as (
    select
        source_file,
        entity,
        count(*) filter (where row_status = 'accepted') as accepted_count,
        count(*) filter (where row_status = 'rejected') as rejected_count,
        count(*) filter (where row_status = 'superseded') as superseded_count
    from rows_judged
    group by source_file, entity
),

crawl_rows as (
    select
        -- ids
        files_read.source_file,
        files_read.crawl_format,
        files_read.entity,

        -- booleans
        files_read.is_synthetic,

        -- numerics
        files_read.raw_count,
        coalesce(rows_counted.accepted_count, 0) as accepted_count,
        coalesce(rows_counted.rejected_count, 0) as rejected_count,
        coalesce(rows_counted.superseded_count, 0) as superseded_count
    from files_read
    left join rows_counted
        on
            files_read.source_file = rows_counted.source_file
            and files_read.entity = rows_counted.entity
)

select * from crawl_rows
