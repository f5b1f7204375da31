{# Id of a community: its kind of tie and its number. #}
{% macro community_id(tie_kind, community_number) -%}
    replace({{ tie_kind }}, '_', '-') || '-' || {{ community_number }}
{%- endmacro %}
