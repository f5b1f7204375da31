{# Values of a text column (or list of texts) that hold what must stop before it: a raw
   24-digit id, a viewing token, a profile link or an unmasked `@nickname`. #}
{% test has_no_identifier(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where
        regexp_matches(
            {{ column_name }}::varchar,
            '(^|[^0-9a-f])[0-9a-f]{24}([^0-9a-f]|$)|xsec_token|/user/profile/'
            || '|[@＠][^ _@＠#,''\t\r\n\x{00A0}\x{3000}\[\]]'
        )
{% endtest %}
