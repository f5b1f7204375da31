-- Statistics of each metric in Poisson-bootstrap draws: a user enters a draw with a
-- Poisson(1) weight taken from a hash of (seed, draw, user), so that posts of one user
-- move together and the draws repeat exactly. Draws are capped for large crawls.
-- Source: Chamandy et al. 2012, Estimating uncertainty for massive data streams.
with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

metrics as (
    unpivot (
        select
            users.user_number,
            posts.like_count,
            posts.collect_count,
            posts.comment_count,
            posts.share_count,
            posts.engagement
        from posts
        inner join users on posts.user_id = users.user_id
    )
    on like_count, collect_count, comment_count, share_count, engagement
    into name metric value value
),

drawn_users as (
    select distinct user_number from metrics
),

draws as (
    {{ engagement_draws("posts") }}
),

uniforms as (
    select
        draws.draw,
        drawn_users.user_number,
        {{ hash_uniform(["draws.draw", "drawn_users.user_number"]) }} as uniform
    from draws
    cross join drawn_users
),

weights as (
    select
        draw,
        user_number,
        {{ poisson_weight("uniform") }} as weight
    from uniforms
),

weighted as (
    select
        weights.draw,
        metrics.metric,
        metrics.value,
        sum(weights.weight) as weight
    from metrics
    inner join weights on metrics.user_number = weights.user_number
    where weights.weight > 0
    group by weights.draw, metrics.metric, metrics.value
),

cumulated as (
    select
        draw,
        metric,
        value,
        weight,
        sum(weight) over (
            partition by draw, metric
            order by value
            rows between unbounded preceding and current row
        ) as rank_high,
        sum(weight) over (partition by draw, metric) as total_weight
    from weighted
),

drawn as (
    select
        metric,
        draw::integer as draw,
        sum(weight * value) / sum(weight) as mean,
        min(value) filter (where rank_high >= 0.5 * total_weight) as median,
        min(value) filter (where rank_high >= 0.9 * total_weight) as p90,
        -- of tied values at the cut as many as there is room for
        sum(
            value * greatest(
                0, least(weight, rank_high - total_weight + ceil(0.05 * total_weight))
            )
        ) / nullif(sum(weight * value), 0) as top_share,
        -- the mean of the ranks of tied values stands for each of them
        2 * sum(weight * value * (rank_high - (weight - 1) / 2))
        / nullif(max(total_weight) * sum(weight * value), 0)
        - (max(total_weight) + 1) / max(total_weight) as gini
    from cumulated
    group by metric, draw
)

select * from drawn
