with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

rejected as (
    select
        'post' as entity,
        source_file,
        row_number,
        crawl_format,
        post_id as row_id,
        rejection_messages
    from post_rows
    where row_status = 'rejected'
    union all
    select
        'comment' as entity,
        source_file,
        row_number,
        crawl_format,
        comment_id as row_id,
        rejection_messages
    from comment_rows
    where row_status = 'rejected'
),

worded as (
    select
        entity,
        source_file,
        row_number,
        crawl_format,
        row_id,
        {%- for language, suffix in {"en": "", "zh": "_zh"}.items() %}
            list_transform(
                rejection_messages, lambda written: say(written, '{{ language }}')
            ) as rejection_reasons{{ suffix }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from rejected
)

select * from worded
