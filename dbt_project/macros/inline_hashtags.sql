{#- The hashtags written inside a text, in order, not yet normalised: `#tag[话题]#` first,
    then plain `#tag` in what remains. -#}
{% macro inline_hashtags(expression) -%}
    list_concat(
        regexp_extract_all(
            coalesce({{ expression }}, ''), '[#＃]([^#＃\[\]\n]{1,60})\[话题\]', 1
        ),
        regexp_extract_all(
            regexp_replace(
                coalesce({{ expression }}, ''),
                '[#＃][^#＃\[\]\n]{1,60}\[话题\][#＃]?',
                ' ',
                'g'
            ),
            '{{ plain_hashtag() }}',
            1
        )
    )
{%- endmacro %}
