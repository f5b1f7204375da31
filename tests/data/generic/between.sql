{# Rows in which a column leaves the closed range [min_value, max_value]. Nulls pass:
   `not_null` is another test. A NaN does not. Either bound may be left out, not both. As a model test
   it takes a list of columns. #}
{% test between(model, column_name=none, columns=none, min_value=none, max_value=none) %}
    {%- if min_value is none and max_value is none -%}
        {{ exceptions.raise_compiler_error("between needs min_value or max_value") }}
    {%- endif %}
    {%- set checked = [column_name] if column_name else columns -%}
    select *
    from {{ model }}
    where
        {%- for column in checked %}
        {{ "or " if not loop.first }}{{ column }}::varchar = 'nan'
        {%- if min_value is not none %} or {{ column }} < {{ min_value }}{% endif %}
        {%- if max_value is not none %} or {{ column }} > {{ max_value }}{% endif %}
        {%- endfor %}
{% endtest %}
