{#- A share pulled towards the share of all rows: `(hits + prior * pooled) / (trials +
    prior)`, which is the mean of a beta distribution with `prior` pseudo-trials. One
    post says little about a habit, so a user with few posts stays near everybody's
    share, and a user without a trial stands exactly on it. Null only when nobody had a
    trial. Source: empirical Bayes, Efron and Morris 1977. -#}
{% macro shrunk_share(hits, trials, prior=none) -%}
    {%- set weight = prior if prior is not none else var("feature_prior_posts") -%}
    (
        {{ hits }}
        + {{ weight }} * sum({{ hits }}) over () / nullif(sum({{ trials }}) over (), 0)
    ) / ({{ trials }} + {{ weight }})
{%- endmacro %}
