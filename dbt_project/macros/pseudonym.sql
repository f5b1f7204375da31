{#- The pseudonym of an id: 16 letters from a to p, the first 64 bits of its HMAC-SHA-256
    (RFC 2104), which a spreadsheet never takes for a number. The two pads of the key live
    in session variables that the crawl plugin sets on every cursor, never in the compiled
    SQL or in the database. A missing key is an error, not a column of nulls. -#}
{% macro pseudonym(expression) -%}
    {{ return(adapter.dispatch("pseudonym", "adaptation")(expression)) }}
{%- endmacro %}

{% macro default__pseudonym(expression) -%}
    case
        when {{ expression }} is not null
            then translate(
                substr(
                    sha256(
                        getvariable('pseudonym_outer_pad')::blob || unhex(sha256(
                            coalesce(
                                getvariable('pseudonym_inner_pad')::blob,
                                error('the pseudonym key is not set: is the crawl plugin loaded?')
                            ) || encode({{ expression }})
                        ))
                    ),
                    1,
                    16
                ),
                '0123456789abcdef',
                'abcdefghijklmnop'
            )
    end
{%- endmacro %}
