{#- Whether a text, or a list of texts, holds what must stop before it: a raw 24-digit
    id, a viewing token, a profile link, an unmasked `@nickname` or an account or number
    to reach somebody by (contact_pattern). -#}
{% macro has_identifier(column) -%}
    (regexp_matches(
        {{ column }}::varchar,
        '(^|[^0-9a-f])[0-9a-f]{24}([^0-9a-f]|$)|xsec_token|/user/profile/'
        || '|[@＠][^ _@＠#,''\t\r\n\x{00A0}\x{3000}\[\]]'
    )
    or regexp_matches({{ column }}::varchar, {{ contact_pattern() }}, 'i'))
{%- endmacro %}
