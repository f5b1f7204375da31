{#- The pattern of a hashtag without the `[话题]` marker: what inline_hashtags finds and
    own_words leaves out. Its one group is the name. -#}
{% macro plain_hashtag() -%}
    [#＃]([^ \t\r\n\x{00A0}\x{3000}#＃@\[\],.;:!?()"，。！？；：、]{1,60})
{%- endmacro %}
