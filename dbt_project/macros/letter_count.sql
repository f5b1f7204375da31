{#- The number of characters of a Unicode class (`\p{Han}`, `A-Za-z`, `\p{So}`). -#}
{% macro letter_count(expression, class) -%}
    length(regexp_replace({{ expression }}, '[^{{ class }}]+', '', 'g'))::integer
{%- endmacro %}
