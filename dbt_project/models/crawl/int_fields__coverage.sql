{%- set post_fields = {
    "title": "title_raw",
    "body": "body_raw",
    "post_type": "post_type_raw",
    "created_at": "created_at_raw",
    "ip_place": "ip_place_raw",
    "like_count": "like_count_raw",
    "collect_count": "collect_count_raw",
    "comment_count": "comment_count_raw",
    "share_count": "share_count_raw",
} -%}
{%- set comment_fields = {
    "body": "body_raw",
    "created_at": "created_at_raw",
    "ip_place": "ip_place_raw",
    "like_count": "like_count_raw",
} -%}
with

posts as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

comments as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

cells as (
    {%- for field, column in post_fields.items() %}
        select
            'post' as entity,
            source_file,
            crawl_format,
            '{{ field }}' as field,
            coalesce(
                not {{ is_missing_mark("lower(" ~ strip_space(column) ~ ")") }}, false
            ) as is_present,
            {% if field.endswith("_count") -%}
                {{ field }} is not null as is_parsed,
                is_{{ field }}_censored as is_censored
            {%- elif field == "created_at" -%}
                created_at_evidence not in ('id only', 'none') as is_parsed,
                false as is_censored
            {%- else -%}
                {{ strip_space(column) }} is not null as is_parsed,
                false as is_censored
            {%- endif %}
        from posts
        union all
    {%- endfor %}
    {%- for field, column in comment_fields.items() %}
        select
            'comment' as entity,
            source_file,
            crawl_format,
            '{{ field }}' as field,
            coalesce(
                not {{ is_missing_mark("lower(" ~ strip_space(column) ~ ")") }}, false
            ) as is_present,
            {% if field == "like_count" -%}
                {{ field }} is not null as is_parsed,
                is_{{ field }}_censored as is_censored
            {%- elif field == "created_at" -%}
                created_at_evidence not in ('id only', 'none') as is_parsed,
                false as is_censored
            {%- else -%}
                {{ strip_space(column) }} is not null as is_parsed,
                false as is_censored
            {%- endif %}
        from comments
        {% if not loop.last %}union all{% endif %}
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
)

select * from counted
