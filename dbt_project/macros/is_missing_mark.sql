{#- Whether a trimmed, lower-case cell is a crawler's mark for a missing value. -#}
{% macro is_missing_mark(cell) -%}
    {{ cell }} in ('-1', 'none', 'nan', 'null', '未知')
{%- endmacro %}
