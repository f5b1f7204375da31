{#- Lets a build take the place of the one before (the package's module `swap`) where every
    table is made; what tests found does not hinder it. `results` is what a build hands to
    its on-run-end hook. -#}
{% macro keep_whole_build(results) %}
    {% if execute %}
        {% set broken = [] %}
        {% for result in results if result.node.resource_type in ("model", "seed", "snapshot") and result.status != "success" %}
            {% do broken.append(result.node.name) %}
        {% endfor %}
        {% if not broken %}
            checkpoint;
            select keep_build()
        {% endif %}
    {% endif %}
{% endmacro %}
