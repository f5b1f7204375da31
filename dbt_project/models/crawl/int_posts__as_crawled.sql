{%- set counts = ["collect", "comment", "share", "like"] -%}
with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

as_crawled as (
    select
        -- ids
        source_file,
        row_number,
        post_id,
        user_id,
        crawl_format,

        -- strings
        row_status,
        read_problem,
        title_raw,
        body_raw,
        {%- for count in counts %}
            {{ count }}_count_raw,
        {%- endfor %}

        -- numerics
        {%- for count in counts %}
            {{ count }}_count,
            case
                when is_{{ count }}_count_censored then {{ count }}_count_high
                else {{ count }}_count
            end as {{ count }}_count_band_end,
        {%- endfor %}

        -- booleans
        {{ local_time("created_at", var("platform_zone")) }}
        >= date '{{ var("study_second_wave_from") }}' as is_second_wave
    from post_rows
)

select * from as_crawled
