{#- Whether a trimmed, lower-case cell is a mark for a missing value: of a crawler, of a
    database or a spreadsheet, or the platform's words for what it does not show. -#}
{% macro is_missing_mark(cell) -%}
    {{ cell }} in (
        '-1', '-', '--', 'none', 'nan', 'null', 'undefined', '\n', 'n/a', '#n/a',
        '未知', '暂无', '无', '点赞'
    )
{%- endmacro %}
