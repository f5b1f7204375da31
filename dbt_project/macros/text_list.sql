{#- A list of trimmed, non-empty texts from delimited text; without a delimiter the text
    is one item. Some crawlers write the text JSON-encoded (`"\u65c5\u884c,..."`): it is
    decoded first. -#}
{% macro text_list(expression, delimiter) -%}
    list_filter(
        list_transform(
            string_split(
                case
                    when left({{ expression }}, 1) = '"' and json_valid({{ expression }})
                        then json_extract_string({{ expression }}, '$')
                    else coalesce({{ expression }}, '')
                end,
                {{ delimiter }}
            ),
            lambda item: {{ strip_space("item") }}
        ),
        lambda item: item is not null
    )
{%- endmacro %}
