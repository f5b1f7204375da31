{#- An id as lower-case text: trimmed, and without what keeps a spreadsheet from taking it
    for a number (`="..."`, a leading apostrophe). -#}
{% macro id_text(expression) -%}
    nullif(
        regexp_extract(lower({{ strip_space(expression) }}), '^(?:=?"|=?'')?([^"]*)', 1),
        ''
    )
{%- endmacro %}
