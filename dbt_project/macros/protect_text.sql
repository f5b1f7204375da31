{#- Text in which nothing points to a person any more: an address of a page becomes
    `https://_`, an address of a profile, a viewing token and a raw id (24 hex digits or
    more) become `_`, and so does an account or a number to reach somebody by
    (contact_pattern) and a name that reading has marked (`crawl/names.py`, by letters of
    U+E000); an e-mail address becomes `_mail_`, `@nickname` becomes `@_`. Names
    that follow each other without a space are one mask; of a name with a space that
    reading does not know only the part before it is known to be one. -#}
{% macro protect_text(expression) -%}
    {%- set space = " \\t\\r\\n\\x{00A0}\\x{3000}" -%}
    {%- set link_end = space ~ "，。！？；：、（）【】《》“”\"<>\\[\\]" -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        {{ expression }}, 'https?://[^{{ link_end }}]+', 'https://_', 'g'
                    ),
                    {{ contact_pattern() }},
                    '\1\2 _ ',
                    'gi'
                ),
                '[^{{ link_end }}]*/user/profile/[^{{ link_end }}]*'
                || '|xsec_token[^{{ link_end }}]*|[0-9A-Fa-f]{24,}|\x{E000}+',
                '_',
                'g'
            ),
            '[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+[.])+[A-Za-z]{2,}',
            '_mail_',
            'g'
        ),
        '(?:[@＠][^{{ space }}@＠#\[\]][^{{ space }}@＠#\[\],，。！？!?:：;；]*)+',
        '@_',
        'g'
    )
{%- endmacro %}
