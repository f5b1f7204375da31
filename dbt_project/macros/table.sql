{#- A table as dbt-duckdb makes it, without its questions to the database about indexes,
    keys and foreign keys, which no table here has: they cost a build more than its SQL. -#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set made = make_intermediate_relation(target) -%}
    {{ drop_relation_if_exists(load_cached_relation(made)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main", language=model["language"]) -%}
        {{- create_table_as(False, made, compiled_code, model["language"]) -}}
    {%- endcall %}
    {{ drop_relation_if_exists(existing) }}
    {% do adapter.rename_relation(made, target) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
