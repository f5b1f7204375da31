{#- Rows of (column_name, declared_type, actual_type) that differ between a mapping of
    declared columns and the relation. Types are compared after DuckDB has normalised
    their spelling. Used by the generic test `declared_types` and by the test of it. -#}
{% macro compare_declared_types(relation, columns) %}
    with

    declared as (
        {% for name, column in columns.items() %}
        select
            '{{ name }}' as column_name,
            typeof(null::{{ column.data_type or "varchar" }}) as declared_type
            {{ "union all" if not loop.last }}
        {% else %}
        select '' as column_name, '' as declared_type where false
        {% endfor %}
    ),

    actual as (
        select
            name as column_name,
            type as actual_type
        from pragma_table_info('{{ relation.schema }}.{{ relation.identifier }}')
    )

    select
        coalesce(declared.column_name, actual.column_name) as column_name,
        declared.declared_type,
        actual.actual_type
    from declared
    full join actual on declared.column_name = actual.column_name
    where declared.declared_type is distinct from actual.actual_type
{% endmacro %}
