{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

accepted as (
    select
        post_id,
        user_id,
        id_tiebreak,
        user_id_tiebreak,
        source_file,
        row_number,
        crawl_format,
        source_keyword,
        -- texts
        title_raw,
        body_raw,
        tags_raw,
        post_type_raw,
        ip_place_raw,
        created_at_raw,
        created_at_evidence,
        -- numerics
        {%- for count in ["like", "collect", "comment", "share"] %}
            {{ count }}_count_raw,
            {{ count }}_count,
            {{ count }}_count_low,
            {{ count }}_count_high,
            is_{{ count }}_count_censored,
        {%- endfor %}
        -- timestamps
        created_at,
        post_id_created_at,
        account_created_at,
        captured_at
    from post_rows
    where row_status = 'accepted'
)

select * from accepted
