{#- What people did: each post and each collected comment is one activity. For a CTE,
    where the models `posts` and `comments` are CTEs before it. -#}
{% macro activities(columns) -%}
    {%- for entity in ["posts", "comments"] %}
    select
        {%- for column in columns %}
            {{ column }},
        {%- endfor %}
        {{ entity == "posts" }} as is_post
    from {{ entity }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
