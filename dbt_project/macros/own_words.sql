{#- A text's own words, folded: without hashtags (`#tag[话题]#` and `#tag`), stickers
    (`[笑哭R]`), masked mentions and links, emoji and other symbols; white space collapsed.
    Empty text when nothing is left. -#}
{% macro own_words(expression) -%}
    coalesce(
        {{ strip_space(
            "regexp_replace(regexp_replace(" ~ fold_text("coalesce(" ~ expression ~ ", '')") ~ ",
            '#[^#\\[\\]\\n]{1,60}\\[话题\\]#?|" ~ plain_hashtag() ~ "|\\[[^\\[\\]\\n]{1,12}\\]|@_|https://_', ' ', 'g'),
            '[ \\t\\r\\n\\f\\v\\x{00A0}\\x{3000}\\x{200B}\\x{FEFF}\\x{FE0F}\\x{200D}\\p{So}\\p{Sk}\\p{Co}\\p{Cs}]+', ' ', 'g')"
        ) }},
        ''
    )
{%- endmacro %}
