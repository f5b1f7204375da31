{#- The creation time (UTC) in the first eight hex digits of a 24-digit id, which are
    epoch seconds. Null for anything else, and for times before the platform began
    (June 2013). -#}
{% macro id_created_at(expression) -%}
    case
        when
            regexp_full_match({{ expression }}, '[0-9a-f]{24}')
            and ('0x' || substr({{ expression }}, 1, 8))::bigint >= 1370000000
            then make_timestamp(('0x' || substr({{ expression }}, 1, 8))::bigint * 1000000)
    end
{%- endmacro %}
