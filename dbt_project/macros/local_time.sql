{#- The wall-clock time of a UTC timestamp in a named zone; daylight saving is right for
    every date. -#}
{% macro local_time(expression, zone) -%}
    (({{ expression }} at time zone 'UTC') at time zone '{{ zone }}')
{%- endmacro %}
