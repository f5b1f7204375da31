{#- The pseudonym of an id: 16 hex digits of a keyed hash. The key lives in a session
    variable that the crawl plugin sets on every cursor, never in the compiled SQL or in
    the database. A missing key is an error, not a column of nulls. -#}
{% macro pseudonym(expression) -%}
    {{ return(adapter.dispatch("pseudonym", "adaptation")(expression)) }}
{%- endmacro %}

{% macro default__pseudonym(expression) -%}
    case
        when {{ expression }} is not null
            then substr(
                sha256(
                    coalesce(
                        getvariable('pseudonym_key')::varchar,
                        error('the pseudonym key is not set: is the crawl plugin loaded?')
                    ) || ':' || {{ expression }}
                ),
                1,
                16
            )
    end
{%- endmacro %}
