{# Rows for which a boolean expression is false. A null passes, as in a check
   constraint; write `coalesce(..., false)` where it must not. #}
{% test expression_is_true(model, expression, column_name=none) %}
    select *
    from {{ model }}
    where not ({{ expression }})
{% endtest %}
