{#- One end of the exact 95 % interval of a share; null without trials. `side` is `low` or
    `high`. A verdict on few events needs it: the score interval is too short there. The
    lower end is the largest share at which as many successes happen by chance in at most
    2.5 % of crawls, found by halving; the upper end is that of the failures. Source:
    Clopper and Pearson (1934), The use of confidence or fiducial limits. -#}
{% macro exact_bound(successes, trials, side) -%}
    {%- set n = "(" ~ trials ~ ")::bigint" -%}
    {%- set k = "(" ~ successes ~ ")::bigint" if side == "low" else "(" ~ n ~ " - " ~ successes ~ ")" -%}
    {{ "" if side == "low" else "1 - " }}case
        when {{ n }} > 0 and {{ k }} is not null
            then list_reduce(
                list_transform(range(1, 41), lambda i: {{ k }} / {{ n }} / power(2, i)),
                (share, step) -> share + if(
                    -- chance of at least k successes; its terms have vanished where it ends
                    list_sum(list_transform(
                        range(
                            {{ k }},
                            least({{ n }}, {{ k }} + 50 + (10 * sqrt({{ n }}))::bigint) + 1
                        ),
                        lambda x: exp(
                            lgamma({{ n }} + 1.0) - lgamma(x + 1.0)
                            - lgamma({{ n }} - x + 1.0)
                            + x * ln(greatest(share + step, 1e-300))
                            + ({{ n }} - x) * ln(1 - share - step)
                        )
                    )) <= 0.025,
                    step,
                    0
                ),
                0.0::double
            )
    end
{%- endmacro %}
