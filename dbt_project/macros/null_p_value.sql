{#- The p value against a null of which draws are known. Where some draw reached the
    statistic, their share tells it. Where none did, all that draws tell is a bound, and
    the tail is that of a further draw of a normal null of their mean and deviation, times
    the number of statistics of which this one is the largest. It errs by little: a true
    null gets there in one of `draw_count` + 1 cases whatever its tail. Source of the
    bound: Phipson and Smyth (2010), Permutation p-values should never be zero. -#}
{% macro null_p_value(p_value, z_score, draw_count, family=1) -%}
    if(
        {{ p_value }} * (1 + {{ draw_count }}) < 1.5,
        least({{ p_value }}, {{ family }} * tail_beyond({{ z_score }}, {{ draw_count }})),
        {{ p_value }}
    )
{%- endmacro %}
