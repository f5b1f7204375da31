{#- A hashtag in its one spelling: folded, without `#`, the `[话题]` marker (also where its
    brackets were lost after a Latin tag), spaces and underscores (`tiktok_refugee` and
    `tiktokrefugee` are one tag). Null when nothing is left. -#}
{% macro hashtag_name(expression) -%}
    nullif(
        regexp_replace(
            regexp_replace(
                {{ fold_text(expression) }},
                '\[话题\]|[#_ \t\r\n\x{00A0}\x{3000}\x{200B}\x{FEFF}\x{FE0F}]+',
                '',
                'g'
            ),
            '^([0-9a-z]+)话题$',
            '\1'
        ),
        ''
    )
{%- endmacro %}
