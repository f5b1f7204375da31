{#- The layer of a model is in its name: rows as read and cleaned (`stg_`),
    intermediate models (`int_`), Python models (methods), and marts, which stay in
    `main`, so that `from findings` works in the CLI. A Python model whose table is read
    as it is, is a mart: its YAML says `schema: main`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name -%}
        {{ custom_schema_name | trim }}
    {%- elif node.name.startswith("stg_") -%}
        staging
    {%- elif node.name.startswith("int_") -%}
        intermediate
    {%- elif node.language == "python" -%}
        methods
    {%- else -%}
        {{ target.schema }}
    {%- endif -%}
{%- endmacro %}
