{# Differences between the columns and types declared in YAML and those of the built
   relation. It holds Python models, on which a contract cannot be enforced. A result
   row names the column, the declared and the actual type. #}
{% test declared_types(model) %}
    {%- set ns = namespace(columns=none) -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type in ("model", "seed")
                and (node.alias or node.name) == model.identifier
                and node.schema == model.schema -%}
                {%- set ns.columns = node.columns -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not ns.columns -%}
            {{ exceptions.raise_compiler_error(
                "declared_types: no declared columns for " ~ model) }}
        {%- endif -%}
    {%- endif %}
    {{ compare_declared_types(model, ns.columns or {}) }}
{% endtest %}
