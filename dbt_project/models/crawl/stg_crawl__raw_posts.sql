{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="source_file",
        full_refresh=not var("grow"),
        on_schema_change="fail",
    )
}}

{%- set columns = [
    "source_file",
    "row_number",
    "crawl_format",
    "post_id",
    "user_id",
    "is_post_id_valid",
    "is_user_id_valid",
    "post_id_created_at",
    "account_created_at",
    "id_tiebreak",
    "user_id_tiebreak",
    "title_raw",
    "body_raw",
    "tags_raw",
] + post_columns() + ["read_problem"] -%}
{%- set formats = ["study", "mediacrawler", "xhs_downloader"] -%}
with

{% for format in formats -%}
    {{ format }} as (
        select * from {{ ref("base_" ~ format ~ "__posts") }}
    ),

{% endfor -%}
united as (
    {% for format in formats -%}
        select
            {{ columns | join(",\n        ") }}
        from {{ format }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from united
