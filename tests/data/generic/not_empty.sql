{# One row when the model has none. #}
{% test not_empty(model) %}
    select count(*) as row_count
    from {{ model }}
    having count(*) = 0
{% endtest %}
