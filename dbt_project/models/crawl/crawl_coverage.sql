with

fields as (
    select * from {{ ref("int_fields__coverage") }}
),

comment_coverage as (
    select * from {{ ref("int_posts__comment_coverage") }}
),

comments_by_file as (
    select
        source_file,
        sum(declared_comment_count) as declared_comment_count,
        sum(collected_comment_count) as collected_comment_count
    from comment_coverage
    group by source_file
),

shares as (
    select
        -- ids
        fields.source_file,
        fields.crawl_format,
        fields.entity,
        fields.field,

        -- numerics
        fields.row_count,
        fields.present_count / fields.row_count as present_share,
        fields.parsed_count / nullif(fields.present_count, 0) as parsed_share,
        fields.censored_count / nullif(fields.parsed_count, 0) as censored_share,
        case
            when fields.entity = 'post' and fields.field = 'comment_count'
                then comments_by_file.declared_comment_count::bigint
        end as declared_comment_count,
        case
            when fields.entity = 'post' and fields.field = 'comment_count'
                then comments_by_file.collected_comment_count::bigint
        end as collected_comment_count
    from fields
    left join comments_by_file on fields.source_file = comments_by_file.source_file
)

select * from shares
