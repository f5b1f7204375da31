-- By how much the median engagement of videos exceeds that of image notes in
-- Poisson-bootstrap draws over users, who enter a draw with all their posts. Source:
-- Chamandy et al. 2012, Estimating uncertainty for massive data streams.
with

posts as (
    select * from {{ ref("int_posts__engagement") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

typed as (
    select
        users.user_number,
        posts.post_type,
        posts.engagement
    from posts
    inner join users on posts.user_id = users.user_id
    where posts.engagement is not null and posts.post_type in ('video', 'image')
),

draws as (
    {{ engagement_draws("posts") }}
),

weighted as (
    select
        draws.draw,
        typed.post_type,
        typed.engagement,
        {{ poisson_weight(hash_uniform(["draws.draw", "typed.user_number"])) }}
            as weight
    from draws
    cross join typed
),

cumulated as (
    select
        *,
        sum(weight) over (
            partition by draw, post_type
            order by engagement
        ) as rank_high,
        sum(weight) over (partition by draw, post_type) as total_weight
    from weighted
    where weight > 0
),

medians as (
    select
        draw,
        min(engagement) filter (
            where post_type = 'video' and rank_high >= 0.5 * total_weight
        ) as video_median,
        min(engagement) filter (
            where post_type = 'image' and rank_high >= 0.5 * total_weight
        ) as image_median
    from cumulated
    group by draw
),

drawn as (
    select
        draw::integer as draw,
        (video_median - image_median)::double as median_excess
    from medians
    where video_median is not null and image_median is not null
)

select * from drawn
