{# Groups whose column does not add up to a total, within a tolerance. `where`
   restricts the rows. #}
{% test sums_to(model, column, group_by, total=1, tolerance=0.000001, where="true") %}
    select
        {{ group_by | join(", ") }},
        sum({{ column }}) as column_sum
    from {{ model }}
    where {{ where }}
    group by {{ group_by | join(", ") }}
    having coalesce(abs(sum({{ column }}) - {{ total }}) > {{ tolerance }}, true)
{% endtest %}
