{#- A Poisson(1) weight from a uniform number in (0, 1): how often a unit enters one draw
    of a bootstrap. Source: Chamandy et al. 2012, Estimating uncertainty for massive data
    streams. -#}
{% macro poisson_weight(uniform) -%}
    case
        when {{ uniform }} < 0.367879441 then 0
        when {{ uniform }} < 0.735758882 then 1
        when {{ uniform }} < 0.919698603 then 2
        when {{ uniform }} < 0.981011843 then 3
        when {{ uniform }} < 0.996340153 then 4
        when {{ uniform }} < 0.999405815 then 5
        when {{ uniform }} < 0.999916759 then 6
        else 7
    end
{%- endmacro %}
