{# Groups whose column does not add up to a total, within a tolerance. The test's own
   `where` config restricts the rows. #}
{% test sums_to(model, column, group_by, total=1, tolerance=0.000001) %}
    select
        {{ group_by | join(", ") }},
        sum({{ column }}) as column_sum
    from {{ model }}
    group by {{ group_by | join(", ") }}
    having coalesce(abs(sum({{ column }}) - {{ total }}) > {{ tolerance }}, true)
{% endtest %}
