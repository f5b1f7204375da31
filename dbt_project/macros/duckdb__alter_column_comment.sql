{#- The comments of a table's columns, as dbt-duckdb writes them. What has a contract has
    the columns it declares; only of other tables the database is asked. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {%- set built = column_dict if config.get("contract").enforced else
        adapter.get_columns_in_relation(relation) | map(attribute="name") | list -%}
    {%- for name, column in column_dict.items() if name in built %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column["quote"] else name }}
        is {{ duckdb_escape_comment(column["description"]) }};
    {%- endfor %}
{% endmacro %}
