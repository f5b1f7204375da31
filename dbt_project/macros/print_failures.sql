{#- What failed, in words: the broken rules of `rules_hold`, and the first rows of every
    other test. `results` is what a build hands to its on-run-end hook. -#}
{% macro print_failures(results) %}
    {% if execute %}
        {% for result in results if result.node.resource_type == "test" and result.status == "fail" %}
            {% set rows = run_query("select * from (" ~ result.node.compiled_code ~ ") as failing limit 5").rows %}
            {% set table = result.node.file_key_name.split(".")[-1] if result.node.file_key_name else "" %}
            {% for row in rows %}
                {% if "failing_where" in row.keys() %}
                    {% do log(
                        "%s %s: %s row%s (where %s)" | format(
                            [table, row["column_name"]] | select | join("."),
                            row["rule"], row["failing_count"],
                            "" if row["failing_count"] == 1 else "s", row["failing_where"].split() | join(" ")
                        ),
                        info=true
                    ) %}
                {% else %}
                    {% do log(result.node.name ~ ": " ~ row.dict(), info=true) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}
