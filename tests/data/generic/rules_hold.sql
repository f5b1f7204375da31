{# The rules that the YAML of a model or seed states, all in one test: a failing row is a
   broken rule, with the column, the rule, the condition that finds its rows and their
   number (see the macro `broken_rules`). #}
{% test rules_hold(model) %}
    {%- set ns = namespace(node=none) -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type in ("model", "seed")
                and (node.alias or node.name) == model.identifier
                and node.schema == model.schema -%}
                {%- set ns.node = node -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not ns.node -%}
            {{ exceptions.raise_compiler_error("rules_hold: no such model: " ~ model) }}
        {%- endif -%}
        {#- a contract holds the types of SQL models, `column_types` those of seeds -#}
        {{ broken_rules(
            model,
            ns.node.columns,
            ns.node.config.meta,
            checks_types=ns.node.language == "python"
        ) }}
    {%- endif %}
{% endtest %}
