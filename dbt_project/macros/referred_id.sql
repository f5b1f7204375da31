{#- The id that a row refers to, or null where the cell is none: `0`, `None`, `-`, what a
    spreadsheet rounded (6.78E+23), or anything else but 24 hex digits. A reference to what
    is no id would join strangers. -#}
{% macro referred_id(expression) -%}
    case
        when regexp_full_match({{ id_text(expression) }}, '[0-9a-f]{24}')
            then {{ id_text(expression) }}
    end
{%- endmacro %}
