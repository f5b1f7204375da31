{#- The p value of a claim among the claims of its family: the least rate of false
    discoveries at which it would be called, however the p values depend on each other.
    Of m p values the one of rank k becomes min over j >= k of m c(m) p(j) / j, at most 1,
    where c(m) is the sum of 1 / i up to m; a null is no member. `p_value`, `family` and
    `rank_in_family`, their rank from the smallest on, are columns. Source: Benjamini and Yekutieli (2001), The
    control of the false discovery rate in multiple testing under dependency. -#}
{% macro adjusted_p_value(p_value, family) -%}
    {%- set size = "count(" ~ p_value ~ ") over (partition by " ~ family ~ ")" -%}
    if(
        {{ p_value }} is null,
        null,
        least(
            1.0,
            {{ size }}
            * list_sum(list_transform(range(1, {{ size }} + 1), lambda i: 1.0 / i))
            * min({{ p_value }} / rank_in_family) over (
                partition by {{ family }}
                order by rank_in_family desc
            )
        )
    )
{%- endmacro %}
