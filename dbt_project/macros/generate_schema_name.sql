{#- The layer of a model is in its name: rows as read and cleaned (`base_`, `stg_`),
    intermediate models (`int_`), Python models (methods), and marts, which stay in
    `main`, so that `from findings` works in the CLI. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name -%}
        {{ custom_schema_name | trim }}
    {%- elif node.name.startswith(("base_", "stg_")) -%}
        staging
    {%- elif node.name.startswith("int_") -%}
        intermediate
    {%- elif node.language == "python" -%}
        methods
    {%- else -%}
        {{ target.schema }}
    {%- endif -%}
{%- endmacro %}
