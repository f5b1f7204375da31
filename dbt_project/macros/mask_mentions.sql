{#- Text with every `@nickname` replaced by `@_`: names of people stop here. An `@` that
    follows a letter, digit or dot belongs to an address and is left alone; names that
    follow each other without a space are one mask. -#}
{% macro mask_mentions(expression) -%}
    regexp_replace(
        {{ expression }},
        '(^|[^A-Za-z0-9_.])(?:[@＠][^ \t\r\n\x{00A0}\x{3000}@＠#\[\]][^ \t\r\n\x{00A0}\x{3000}@＠#\[\],，。！？!?:：;；]*)+',
        '\1@_',
        'g'
    )
{%- endmacro %}
