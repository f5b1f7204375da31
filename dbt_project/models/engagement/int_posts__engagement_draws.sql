-- Statistics of each metric in Poisson-bootstrap draws: a user enters a draw with a
-- Poisson(1) weight taken from a hash of (seed, draw, user), so that posts of one user
-- move together and the draws repeat exactly. Draws are capped for large crawls. The
-- engagement of videos and of image notes is drawn apart, too.
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
            posts.post_type,
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

scoped as (
    select
        user_number,
        'all' as post_type,
        metric,
        value
    from metrics
    union all
    select
        user_number,
        post_type,
        metric,
        value
    from metrics
    where metric = 'engagement' and post_type in ('video', 'image')
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
        scoped.post_type,
        scoped.metric,
        scoped.value,
        sum(weights.weight) as weight
    from scoped
    inner join weights on scoped.user_number = weights.user_number
    where weights.weight > 0
    group by weights.draw, scoped.post_type, scoped.metric, scoped.value
),

cumulated as (
    select
        draw,
        post_type,
        metric,
        value,
        weight,
        sum(weight) over (
            partition by draw, post_type, metric
            order by value
            rows between unbounded preceding and current row
        ) as rank_high,
        sum(weight) over (partition by draw, post_type, metric) as total_weight
    from weighted
),

drawn as (
    select
        metric,
        post_type,
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
    group by metric, post_type, draw
)

select * from drawn
