{#- The bootstrap draws of engagement, numbered from 1: as many as the setting says, fewer
    for large crawls, never below 20. -#}
{% macro engagement_draws(posts) -%}
    select draw
    from generate_series(
        1,
        greatest(
            20,
            least(
                {{ var("engagement_draws") }},
                4000000 // greatest((select count(*) from {{ posts }}), 1)
            )
        )
    ) as series (draw)
{%- endmacro %}
