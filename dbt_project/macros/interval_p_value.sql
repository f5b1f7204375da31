{#- The p value of a claim that an estimate lies on one side of a value, from its 95 %
    interval: twice the tail of a normal distribution on the `scale` on which the interval
    is even about the estimate (identity, log, logit or fisher), at most 1. It is at or
    under .05 where the whole interval lies on the claimed side. Null where the interval
    has no width. Source: Altman and Bland (2011), How to obtain the P value from a
    confidence interval. -#}
{% macro interval_p_value(estimate, bound, null_value, side="above", scale="identity") %}
    case
        when {{ bound }} is null or {{ estimate }} = {{ bound }} then null
        when {{ estimate }} {{ ">=" if side == "below" else "<=" }} {{ null_value }} then 1
        else
            2 * tail_beyond(
                1.96
                * ({{ on_scale(estimate, scale) }} - {{ on_scale(null_value, scale) }})
                / ({{ on_scale(estimate, scale) }} - {{ on_scale(bound, scale) }}),
                null
            )
    end
{%- endmacro %}


{#- A number on a scale without ends; ends themselves come to stand far out. -#}
{% macro on_scale(number, scale) -%}
    {%- if scale == "identity" -%}
        ({{ number }})::double
    {%- elif scale == "log" -%}
        ln(greatest({{ number }}, 1e-9))
    {%- elif scale == "logit" -%}
        ln(greatest({{ number }}, 1e-9) / greatest(1 - {{ number }}, 1e-9))
    {%- elif scale == "fisher" -%}
        atanh(greatest(least({{ number }}, 1 - 1e-9), -1 + 1e-9))
    {%- else -%}
        {{ exceptions.raise_compiler_error("no scale " ~ scale) }}
    {%- endif -%}
{%- endmacro %}
