{%- set counts = ["like", "collect", "comment", "share"] -%}
with

raw_posts as (
    select * from {{ ref("stg_crawl__raw_posts") }}
),

-- which bands a file has depends on when it was crawled
bands as (
    select
        *,
        bool_or(coalesce('100+' in (
            like_count_raw, collect_count_raw, comment_count_raw, share_count_raw
        ), false)) over (partition by source_file) as has_hundreds
    from raw_posts
),

cells as (
    select
        *,
        {%- for count in counts %}
            {{ parse_count(count ~ "_count_raw", "has_hundreds") }} as {{ count }}_cell,
        {%- endfor %}
        {{ parse_time("created_at_raw") }} as created_cell,
        {{ parse_time("captured_at_raw") }} as captured_cell
    from bands
),

parsed as (
    select
        * exclude (
            {% for count in counts %}{{ count }}_cell{{ "," if not loop.last }}
            {% endfor %}
        ),
        {%- for count in counts %}
            {{ count }}_cell['value'] as {{ count }}_count,
            {{ count }}_cell['low'] as {{ count }}_count_low,
            {{ count }}_cell['high'] as {{ count }}_count_high,
            {{ count }}_cell['is_censored'] as is_{{ count }}_count_censored,
        {%- endfor %}
        list_filter(
            [
                case
                    when read_problem is null and not is_post_id_valid
                        then 'row_post_id'
                end,
                case
                    when read_problem is null and not is_user_id_valid
                        then 'row_user_id'
                end,
                {%- for count in counts %}
                    case
                        when
                            read_problem is null and not {{ count }}_cell['is_readable']
                            then 'row_{{ count }}_count'
                    end,
                {%- endfor %}
                case
                    when
                        read_problem is null
                        and not created_cell['is_readable']
                        and post_id_created_at is null
                        then 'row_created_at'
                end
            ],
            lambda code: code is not null
        ) as problem_codes
    from cells
),

{{ judge_rows("parsed", entity="post") }}

select
    post_id,
    user_id,
    source_file,
    row_number,
    crawl_format,
    source_keyword,
    row_status,
    rejection_messages,
    read_problem,
    -- texts
    title_raw,
    body_raw,
    tags_raw,
    post_type_raw,
    ip_place_raw,
    created_at_raw,
    created_at_evidence,
    -- numerics
    {%- for count in counts %}
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
from judged
