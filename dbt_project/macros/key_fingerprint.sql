{#- What tells one key of the pseudonyms from another, and nothing about it: the pseudonym
    of a constant that is no id. -#}
{% macro key_fingerprint() -%}
    {{ pseudonym("'the key of this build'") }}
{%- endmacro %}
