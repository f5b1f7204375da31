{#- One end of the 95 % Wilson score interval of a share; null without trials. `side` is
    `low` or `high`. Source: Wilson (1927), Probable inference, the law of succession,
    and statistical inference. -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set n = "(" ~ trials ~ ")::double" -%}
    {%- set share = "((" ~ successes ~ ")::double / " ~ n ~ ")" -%}
    case
        -- exactly, where rounding would leave a trace
        when {{ trials }} > 0 and {{ successes }} = {{ 0 if side == "low" else trials }}
            then {{ "0.0" if side == "low" else "1.0" }}
        when {{ trials }} > 0
            then
                {{ "greatest(0.0, " if side == "low" else "least(1.0, " }}(
                    {{ share }} + {{ z * z / 2 }} / {{ n }}
                    {{ "-" if side == "low" else "+" }} {{ z }} * sqrt(
                        {{ share }} * (1 - {{ share }}) / {{ n }}
                        + {{ z * z / 4 }} / ({{ n }} * {{ n }})
                    )
                ) / (1 + {{ z * z }} / {{ n }}))
    end
{%- endmacro %}
