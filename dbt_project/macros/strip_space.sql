{#- Text without white space at either end; empty text becomes null. The white space is
    written out because `trim` and `\s` differ between engines. -#}
{% macro strip_space(expression) -%}
    nullif(
        regexp_replace(
            {{ expression }},
            '^[ \t\r\n\f\v\x{00A0}\x{3000}\x{FEFF}\x{200B}]+|[ \t\r\n\f\v\x{00A0}\x{3000}\x{FEFF}\x{200B}]+$',
            '',
            'g'
        ),
        ''
    )
{%- endmacro %}
