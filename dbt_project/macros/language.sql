{#- The language of a text by its script: `zh` and `en` from the share of Han letters among
    Han and Latin letters, `mixed` between, `none` without letters. -#}
{% macro language(han_count, latin_count) -%}
    case
        when {{ han_count }} + {{ latin_count }} = 0 then 'none'
        when
            {{ han_count }} / ({{ han_count }} + {{ latin_count }})
            >= {{ var("chinese_share_from") }}
            then 'zh'
        when
            {{ han_count }} / ({{ han_count }} + {{ latin_count }})
            >= {{ var("mixed_share_from") }}
            then 'mixed'
        else 'en'
    end
{%- endmacro %}
