{# The rules that the YAML of a model or seed states, all in one test: a failing row is a
   broken rule, with the column, the rule, the condition that finds its rows and their
   number (see the macro `broken_rules`). #}
{% test rules_hold(model) %}
    {%- if execute -%}
        {#- by its id: to walk through the graph turns every node into a mapping -#}
        {%- set id = "." ~ project_name ~ "." ~ model.identifier -%}
        {%- set node = graph.nodes.get("model" ~ id) or graph.nodes.get("seed" ~ id) -%}
        {%- if not node -%}
            {{ exceptions.raise_compiler_error("rules_hold: no such model: " ~ model) }}
        {%- endif -%}
        {#- a contract holds the types of SQL models, `column_types` those of seeds -#}
        {{ broken_rules(
            model,
            node.columns,
            node.config.meta,
            checks_types=node.language == "python"
        ) }}
    {%- endif %}
{% endtest %}
