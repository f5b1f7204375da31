{#- The standard error of a statistic, over rows of users: the root of the sum of their
    squared influences on it, which is what resampling users comes to. `influence` adds up
    a user's influence on the statistic, and is 0 on average. Null of one user. Source:
    Liang and Zeger (1986), Longitudinal data analysis using generalized linear models. -#}
{% macro clustered_error(influence) -%}
    sqrt(
        sum(pow({{ influence }}, 2)) * count({{ influence }})
        / nullif(count({{ influence }}) - 1, 0)
    )
{%- endmacro %}
