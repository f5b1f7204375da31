{#- A figure as text: its own words, or its number without needless digits. -#}
{% macro figure_words(number, words) -%}
    coalesce(
        {{ words }},
        case
            when {{ number }} = round({{ number }}) then {{ number }}::bigint::varchar
            else round({{ number }}, 6)::varchar
        end
    )
{%- endmacro %}
