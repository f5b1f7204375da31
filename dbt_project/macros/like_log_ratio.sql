{#- Log of a count per like, with pseudo-likes at the usual ratio, so that two likes do
    not make an extreme ratio. -#}
{% macro like_log_ratio(total, usual_ratio) -%}
    ln(
        ({{ total }} + {{ var("feature_prior_likes") }} * greatest({{ usual_ratio }}, 0.01))
        / (like_total + {{ var("feature_prior_likes") }})
    )
{%- endmacro %}
