{# Keys of a parent that do not have exactly one row here, and keys here that the
   parent does not know. `parent_where` restricts the parent's rows. #}
{% test one_row_per(model, parent, columns, parent_columns=none, parent_where="true") %}
    {%- set keys = [] -%}
    {%- for _ in columns %}{% do keys.append("key_" ~ loop.index) %}{% endfor %}
    with

    expected as (
        select distinct
            {%- for column in parent_columns or columns %}
            {{ column }} as {{ keys[loop.index0] }},
            {%- endfor %}
            true as is_expected
        from {{ parent }}
        where {{ parent_where }}
    ),

    found as (
        select
            {%- for column in columns %}
            {{ column }} as {{ keys[loop.index0] }},
            {%- endfor %}
            count(*) as row_count
        from {{ model }}
        group by {{ keys | join(", ") }}
    )

    select *
    from expected
    full join found using ({{ keys | join(", ") }})
    where is_expected is null or row_count is distinct from 1
{% endtest %}
