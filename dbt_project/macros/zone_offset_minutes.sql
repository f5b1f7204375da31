{#- Minutes by which a named zone is ahead of UTC at about a given time. -#}
{% macro zone_offset_minutes(timestamp, zone) -%}
    date_diff('minute', {{ timestamp }}, {{ local_time(timestamp, zone) }})::integer
{%- endmacro %}
