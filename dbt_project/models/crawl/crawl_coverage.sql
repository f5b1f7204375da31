{%- set fields = {
    "post": [
        "title",
        "body",
        "post_type",
        "created_at",
        "ip_place",
        "like_count",
        "collect_count",
        "comment_count",
        "share_count",
    ],
    "comment": ["body", "created_at", "ip_place", "like_count"],
} -%}
with

posts as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

comments as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

comment_coverage as (
    select * from {{ ref("int_posts__comment_coverage") }}
),

cells as (
    {%- for entity in fields %}
        {%- set last_entity = loop.last %}
        {%- for field in fields[entity] %}
            {%- set text = strip_space(field ~ "_raw") %}
            select
                '{{ entity }}' as entity,
                source_file,
                crawl_format,
                '{{ field }}' as field,
                coalesce(not {{ is_missing_mark("lower(" ~ text ~ ")") }}, false)
                    as is_present,
                {% if field.endswith("_count") -%}
                    {{ field }} is not null as is_parsed,
                    is_{{ field }}_censored as is_censored
                {%- elif field == "created_at" -%}
                    created_at_evidence not in ('id only', 'none') as is_parsed,
                    false as is_censored
                {%- else -%}
                    {{ text }} is not null as is_parsed,
                    false as is_censored
                {%- endif %}
            from {{ entity }}s
            {% if not (last_entity and loop.last) %}union all{% endif %}
        {%- endfor %}
    {%- endfor %}
),

counted as (
    select
        entity,
        source_file,
        crawl_format,
        field,
        count(*) as row_count,
        count(*) filter (where is_present) as present_count,
        count(*) filter (where is_present and is_parsed) as parsed_count,
        count(*) filter (where is_censored) as censored_count
    from cells
    group by entity, source_file, crawl_format, field
),

comments_by_file as (
    select
        source_file,
        sum(declared_comment_count)::bigint as declared_comment_count,
        sum(collected_comment_count)::bigint as collected_comment_count
    from comment_coverage
    group by source_file
),

shares as (
    select
        -- ids
        counted.source_file,
        counted.crawl_format,
        counted.entity,
        counted.field,

        -- numerics
        counted.row_count,
        comments_by_file.declared_comment_count,
        comments_by_file.collected_comment_count,
        counted.present_count / counted.row_count as present_share,
        counted.parsed_count / nullif(counted.present_count, 0) as parsed_share,
        counted.censored_count / nullif(counted.parsed_count, 0) as censored_share
    from counted
    left join comments_by_file
        on
            counted.source_file = comments_by_file.source_file
            and counted.entity = 'post'
            and counted.field = 'comment_count'
)

select * from shares
