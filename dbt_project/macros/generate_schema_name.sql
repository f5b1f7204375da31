{#- Marts stay in `main`, so that `from findings` works in the CLI; the inner layers
    get the plain name of their layer, without a prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
