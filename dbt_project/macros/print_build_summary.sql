{# `results` is what a build hands to its on-run-end hook #}
{% macro print_build_summary(results) %}
    {% if execute %}
        {% for result in results if result.node.name == "build_summary" and result.status == "success" %}
            {% for row in run_query("select subject, sentence from " ~ result.node.relation_name ~ " order by line_number").rows %}
                {% do log("%-12s" | format(row["subject"]) ~ row["sentence"], info=true) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
