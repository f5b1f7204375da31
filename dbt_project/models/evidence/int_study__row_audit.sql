{%- set counts = ["collect", "comment", "share", "like"] -%}
{%- set figures = [
    ("claim_posts", "row_count", "null", "null", "null"),
    ("audit_users", "row_count", "null", "null", "null"),
    ("audit_band_cells", "misread_cell_count", "null", "null", "null"),
    ("audit_banded_rows", "banded_row_count", "null", "null", "null"),
    ("audit_banded_rows_second_wave", "late_banded_row_count", "null", "null", "null"),
    ("audit_marker_count", "marker_count", "null", "null", "null"),
    ("audit_marker_posts", "marked_row_count", "null", "null", "null"),
    ("audit_marker_first_period", "null", "early_marked_rows", "null", "null"),
    ("audit_marker_second_period", "null", "late_marked_rows", "null", "null"),
    ("audit_apostrophe_posts", "apostrophe_row_count", "null", "null", "null"),
] -%}
with

post_rows as (
    select * from {{ ref("int_posts__as_crawled") }}
),

marked_rows as (
    select
        *,
        concat_ws(' ', title_raw, body_raw) as full_text,
        contains(full_text, '[话题]') as is_marked,
        {%- for count in counts %}
            coalesce({{ count }}_count_band_end > {{ count }}_count, false)
            or ({{ count }}_count is not null and {{ count }}_count_band_end is null)
            {%- if not loop.last %} or{% endif %}
        {%- endfor %} as is_banded
    from post_rows
),

row_facts as (
    select
        count(*) as row_count,
        sum(
            {%- for count in counts %}
                coalesce(
                    regexp_matches({{ count }}_count_raw, '千|亿|[kKwW]'), false
                )::int
                {%- if not loop.last %} +{% endif %}
            {%- endfor %}
        ) as misread_cell_count,
        count(*) filter (is_banded) as banded_row_count,
        count(*) filter (is_banded and is_second_wave) as late_banded_row_count,
        sum(len(regexp_extract_all(full_text, '\[话题\]'))) as marker_count,
        count(*) filter (is_marked) as marked_row_count,
        concat(
            count(*) filter (is_marked and is_second_wave),
            ' of ',
            count(*) filter (is_second_wave)
        ) as late_marked_rows,
        concat(
            count(*) filter (is_marked and not is_second_wave),
            ' of ',
            count(*) filter (not is_second_wave)
        ) as early_marked_rows,
        count(*) filter (
            regexp_matches(full_text, '[A-Za-z][''’][A-Za-z]')
        ) as apostrophe_row_count
    from marked_rows
),

audited as (
    {{ audit_figures("row_facts", figures) }}
)

select * from audited
