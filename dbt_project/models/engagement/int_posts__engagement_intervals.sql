-- 95 % intervals in closed form. Each post has an influence on each statistic, by how
-- much it would move if there were more posts like it; the influences of one user's
-- posts are added up, as they move together (`clustered_error`). The median's interval
-- holds the values whose ranks are in doubt.
-- Sources: Deville 1999, Variance estimation for complex statistics (influence of a
-- ratio, of the Gini index and of a share of the top); Woodruff 1952, Confidence
-- intervals for medians and other position measures.
with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

automated as (
    select * from {{ ref("int_users__automated") }}
),

metrics as (
    unpivot (
        select
            user_id,
            post_type,
            like_count,
            collect_count,
            comment_count,
            share_count,
            engagement
        from posts
    )
    on like_count, collect_count, comment_count, share_count, engagement
    into name metric value value
),

scoped as (
    select
        user_id,
        'all' as post_type,
        metric,
        value
    from metrics
    union all
    -- everybody who uses a format counts once: few people post most of it
    select
        metrics.user_id,
        metrics.post_type,
        metrics.metric,
        median(metrics.value) as value
    from metrics
    where
        metrics.metric = 'engagement'
        and metrics.post_type in ('video', 'image')
        and metrics.value is not null
        and metrics.user_id not in (select automated.user_id from automated)
    group by metrics.user_id, metrics.post_type, metrics.metric
),

-- the mean of the ranks of tied values stands for each of them
ranked as (
    select
        user_id,
        post_type,
        metric,
        value,
        count(*) over everything as post_count,
        avg(value) over everything as mean,
        median(value) over everything as median,
        ceil(0.05 * count(*) over everything) as top_count,
        row_number() over in_order as place,
        (count(*) over up_to + count(*) over below + 1) / 2 as value_rank,
        sum(value) over everything
        - (sum(value) over up_to + coalesce(sum(value) over below, 0)) / 2 as sum_above
    from scoped
    window
        everything as (partition by post_type, metric),
        in_order as (partition by post_type, metric order by value),
        up_to as (partition by post_type, metric order by value),
        below as (
            partition by post_type, metric
            order by value
            range between unbounded preceding and current row exclude group
        )
),

summarised as (
    select
        metric,
        post_type,
        any_value(post_count) as post_count,
        any_value(mean) as mean,
        any_value(median)::double as median,
        min(value) filter (where place > post_count - top_count) as top_from,
        sum(value) filter (where place > post_count - top_count)
        / nullif(sum(value), 0) as top_share,
        2 * sum(value_rank * value) / nullif(count(*) * sum(value), 0)
        - (count(*) + 1) / count(*) as gini,
        list_sort(list(value)) as ordered_values
    from ranked
    group by metric, post_type
),

influences as (
    select
        ranked.metric,
        ranked.post_type,
        ranked.user_id,
        (ranked.value - ranked.mean) / ranked.post_count as on_mean,
        sign(ranked.median - ranked.value) / 2 / ranked.post_count as on_rank,
        (
            greatest(ranked.value - summarised.top_from, 0)
            + ranked.top_count / ranked.post_count * summarised.top_from
            - summarised.top_share * ranked.value
        ) / nullif(ranked.mean, 0) / ranked.post_count as on_top_share,
        (
            2 * (ranked.value * (ranked.value_rank - 0.5) + ranked.sum_above)
            / ranked.post_count / nullif(ranked.mean, 0)
            - (summarised.gini + 1) * (1 + ranked.value / nullif(ranked.mean, 0))
        ) / ranked.post_count as on_gini
    from ranked
    inner join summarised
        on
            ranked.metric = summarised.metric
            and ranked.post_type = summarised.post_type
),

user_influences as (
    select
        metric,
        post_type,
        user_id,
        sum(on_mean) as on_mean,
        sum(on_rank) as on_rank,
        sum(on_top_share) as on_top_share,
        sum(on_gini) as on_gini
    from influences
    group by metric, post_type, user_id
),

errors as (
    select
        metric,
        post_type,
        {{ clustered_error("on_mean") }} as mean_error,
        {{ clustered_error("on_rank") }} as rank_error,
        {{ clustered_error("on_top_share") }} as top_share_error,
        {{ clustered_error("on_gini") }} as gini_error
    from user_influences
    group by metric, post_type
),

intervals as (
    select
        summarised.metric,
        summarised.post_type,
        summarised.post_count,
        summarised.median,
        greatest(summarised.mean - 1.96 * errors.mean_error, 0) as mean_low,
        summarised.mean + 1.96 * errors.mean_error as mean_high,
        -- quantiles as the inverse of the shares at or below
        list_extract(
            summarised.ordered_values,
            greatest(
                ceil(len(summarised.ordered_values) * (0.5 - 1.96 * errors.rank_error)),
                1
            )::bigint
        )::double as median_low,
        list_extract(
            summarised.ordered_values,
            least(
                ceil(len(summarised.ordered_values) * (0.5 + 1.96 * errors.rank_error)),
                len(summarised.ordered_values)
            )::bigint
        )::double as median_high,
        greatest(summarised.top_share - 1.96 * errors.top_share_error, 0)
            as top_share_low,
        least(summarised.top_share + 1.96 * errors.top_share_error, 1)
            as top_share_high,
        greatest(summarised.gini - 1.96 * errors.gini_error, 0) as gini_low,
        least(summarised.gini + 1.96 * errors.gini_error, 1) as gini_high
    from summarised
    inner join errors
        on
            summarised.metric = errors.metric
            and summarised.post_type = errors.post_type
)

select * from intervals
