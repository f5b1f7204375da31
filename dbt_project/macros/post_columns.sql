{#- The columns that every base model of posts hands on besides ids and texts. -#}
{% macro post_columns() -%}
    {{ return([
        "post_type_raw",
        "like_count_raw",
        "collect_count_raw",
        "comment_count_raw",
        "share_count_raw",
        "created_at_raw",
        "captured_at_raw",
        "ip_place_raw",
        "source_keyword",
    ]) }}
{%- endmacro %}
