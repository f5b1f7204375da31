{# Values of a list that a column never takes. #}
{% test covers_all_values(model, values, column_name=none, column=none) %}
    select expected.value
    from (values {% for value in values %}({{ "'" ~ value ~ "'" if value is string else value }}){{ ", " if not loop.last }}{% endfor %}) as expected (value)
    where not exists (
        select 1
        from {{ model }} as checked
        where checked.{{ column_name or column }} = expected.value
    )
{% endtest %}
