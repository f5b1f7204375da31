{#- The engagement columns of one group of posts, for a `select … group by`. Censored
    counts enter as their lower bounds, so means and quantiles are lower bounds too and
    `censored_share` says for how much. The interval of the median is distribution-free:
    the order statistics at n/2 ± 1.96·√n/2 (Conover, Practical Nonparametric Statistics,
    3rd ed., section 3.2). Below six posts the smallest and the largest cover the median
    in fewer than 95 % of samples, so there is no interval. -#}
{% macro engagement_summary() -%}
    count(post_id) as post_count,
    count(distinct user_id) as user_count,
    count(post_id) filter (where is_any_count_censored)
    / nullif(count(post_id), 0) as censored_share,
    {%- for count in ["like", "collect", "comment", "share"] %}
    avg({{ count }}_count) as {{ count }}_count_mean,
    median({{ count }}_count) as {{ count }}_count_median,
    {%- endfor %}
    avg(engagement) as engagement_mean,
    quantile_cont(engagement, 0.9) as engagement_p90,
    median(engagement) as engagement_median,
    {%- set reach = "1.96 * sqrt(count(engagement)) / 2" %}
    {%- for end, place in [
        ("low", "greatest(floor(count(engagement) / 2 - " ~ reach ~ ")::bigint, 1)"),
        (
            "high",
            "least(ceil(count(engagement) / 2 + 1 + " ~ reach ~ ")::bigint,"
            ~ " count(engagement))"
        ),
    ] %}
    case
        when count(engagement) >= 6
            then list_extract(
                list_sort(list(engagement) filter (where engagement is not null)),
                {{ place }}
            )::double
    end as engagement_median_{{ end }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
