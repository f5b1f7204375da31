with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

intervals as (
    select * from {{ ref("int_posts__engagement_intervals") }}
    where post_type = 'all'
),

cells as (
    {%- for metric in [
        "like_count", "collect_count", "comment_count", "share_count", "engagement"
    ] %}
        select
            '{{ metric }}' as metric,
            {{ metric }} as value,
            {% if metric == "engagement" -%}
                is_any_count_censored
            {%- else -%}
                is_{{ metric }}_censored
            {%- endif %} as is_censored
        from posts
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by metric order by value) as value_rank,
        count(*) over (partition by metric) as count_all
    from cells
    where value is not null
),

summarised as (
    select
        metric,
        count(*) as post_count,
        count(*) filter (where is_censored) / count(*) as censored_share,
        count(*) filter (where value = 0) / count(*) as zero_share,
        avg(value) as mean,
        stddev_pop(value) as standard_deviation,
        quantile_cont(value, 0.05) as p05,
        quantile_cont(value, 0.25) as p25,
        median(value) as median,
        quantile_cont(value, 0.75) as p75,
        quantile_cont(value, 0.9) as p90,
        quantile_cont(value, 0.95) as p95,
        quantile_cont(value, 0.99) as p99,
        max(value)::bigint as maximum,
        sum(value) filter (where value_rank > count_all - ceil(0.05 * count_all))
        / nullif(sum(value), 0) as top_share,
        skewness(value) as skewness,
        skewness(ln(1 + value)) as log_skewness,
        2 * sum(value_rank * value) / nullif(count(*) * sum(value), 0)
        - (count(*) + 1) / count(*) as gini
    from ranked
    group by metric
),

final as (
    select
        summarised.*,
        intervals.mean_low,
        intervals.mean_high,
        intervals.median_low,
        intervals.median_high,
        intervals.top_share_low,
        intervals.top_share_high,
        intervals.gini_low,
        intervals.gini_high
    from summarised
    inner join intervals on summarised.metric = intervals.metric
)

select * from final
