-- When a crawl stopped looking, file by file. Files of the same crawler with the same
-- search words continue one another when no longer hole lies between them.
with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
    where row_status <> 'rejected'
),

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
    where row_status <> 'rejected'
),

declared as (
    select * from {{ ref("int_posts__comment_coverage") }}
),

activities as (
    select
        source_file,
        crawl_format,
        'posts' as entity,
        user_id,
        source_keyword,
        created_at,
        captured_at
    from post_rows
    union all
    select
        source_file,
        crawl_format,
        'comments' as entity,
        user_id,
        null as source_keyword,
        created_at,
        captured_at
    from comment_rows
),

files as (
    select
        source_file,
        entity,
        any_value(crawl_format) as crawl_format,
        concat_ws(
            ' | ',
            any_value(crawl_format),
            string_agg(distinct source_keyword, ', ' order by source_keyword)
        ) as crawl_series,
        count(*) as activity_count,
        count(distinct user_id) as user_count,
        min(created_at) as first_activity_at,
        max(created_at) as last_activity_at,
        max(captured_at) as last_captured_at,
        greatest(max(created_at), coalesce(max(captured_at), max(created_at)))
            as crawl_end_at
    from activities
    group by source_file, entity
),

ordered as (
    select
        *,
        max(crawl_end_at) over (
            partition by entity, crawl_series
            order by first_activity_at, crawl_end_at, source_file
            rows between unbounded preceding and 1 preceding
        ) as earlier_end_at
    from files
),

stretches as (
    select
        *,
        sum(
            if(
                earlier_end_at is null
                or first_activity_at
                > earlier_end_at + interval {{ var("wave_gap_days") }} day,
                1,
                0
            )
        ) over (
            partition by entity, crawl_series
            order by first_activity_at, crawl_end_at, source_file
        ) as stretch_number
    from ordered
),

coverage as (
    select
        source_file,
        'posts' as entity,
        sum(declared_comment_count) as declared_comment_count,
        sum(least(collected_comment_count, declared_comment_count)) filter (
            where declared_comment_count is not null
        ) as covered_comment_count
    from declared
    group by source_file
),

windows as (
    select
        -- strings
        stretches.source_file,
        stretches.entity,
        stretches.crawl_format,
        stretches.crawl_series,

        -- numerics
        stretches.activity_count,
        stretches.user_count,

        -- timestamps
        stretches.first_activity_at,
        stretches.last_activity_at,
        stretches.last_captured_at,
        stretches.crawl_end_at,

        -- coverage and chain
        coverage.declared_comment_count::bigint as declared_comment_count,
        coverage.covered_comment_count::bigint as covered_comment_count,
        coverage.covered_comment_count / nullif(coverage.declared_comment_count, 0)
            as comment_coverage_share,
        max(stretches.crawl_end_at) over (
            partition by
                stretches.entity, stretches.crawl_series, stretches.stretch_number
        ) as followed_until_at
    from stretches
    left join coverage
        on
            stretches.source_file = coverage.source_file
            and stretches.entity = coverage.entity
)

select * from windows
