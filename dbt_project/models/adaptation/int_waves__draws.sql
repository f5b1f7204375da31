-- The change of each trait between the waves in Poisson-bootstrap draws over users.
with

posts as (
    select * from {{ ref("int_waves__posts") }}
),

user_sums as (
    select
        comparison,
        trait,
        user_number,
        sum(value) filter (where wave = 'early') as early_sum,
        count(*) filter (where wave = 'early') as early_count,
        sum(value) filter (where wave = 'late') as late_sum,
        count(*) filter (where wave = 'late') as late_count
    from posts
    group by comparison, trait, user_number
),

weighted as (
    select
        user_sums.*,
        series.draw,
        {{ poisson_weight(hash_uniform(["series.draw", "user_sums.user_number"])) }}
            as weight
    from user_sums
    cross join generate_series(1, {{ var("wave_draws") }}) as series (draw)
),

drawn as (
    select
        comparison,
        trait,
        draw::integer as draw,
        sum(weight * late_sum) / nullif(sum(weight * late_count), 0)
        - sum(weight * early_sum) / nullif(sum(weight * early_count), 0) as change
    from weighted
    group by comparison, trait, draw
)

select * from drawn
