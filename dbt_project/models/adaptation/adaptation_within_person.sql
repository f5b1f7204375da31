-- The first and the last post of everyone with more than one: did the same person
-- begin, or stop, to write Chinese words? The exact sign test of gains against losses
-- is a binomial tail at one half.
with

automated as (
    select * from {{ ref("int_users__automated") }}
),

posts as (
    select posts.*
    from {{ ref("int_posts__cleaned") }} as posts
    where posts.user_id not in (select automated.user_id from automated)
),

people as (
    select
        user_id,
        arg_min(han_count > 0, post_number) as first_chinese,
        arg_max(han_count > 0, post_number) as last_chinese,
        date_diff('second', min(created_at), max(created_at)) / 86400.0 as span_days
    from posts
    group by user_id
    having count(*) > 1
),

spans as (
    select
        'more than one post' as people_set,
        *
    from people
    union all
    select
        'posts more than a day apart' as people_set,
        *
    from people
    where span_days > 1
),

counted as (
    select
        people_set,
        count(*) as user_count,
        count(*) filter (where first_chinese) as first_chinese_count,
        count(*) filter (where last_chinese) as last_chinese_count,
        count(*) filter (where last_chinese and not first_chinese) as gained_count,
        count(*) filter (where first_chinese and not last_chinese) as lost_count
    from spans
    group by people_set
),

tails as (
    select
        counted.people_set,
        -- ln of the binomial coefficient by log-gamma; both tails, at most one
        least(
            1,
            2 * sum(exp(
                lgamma(counted.gained_count + counted.lost_count + 1.0)
                - lgamma(series.k + 1.0)
                - lgamma(counted.gained_count + counted.lost_count - series.k + 1.0)
                - (counted.gained_count + counted.lost_count) * ln(2.0)
            ))
        ) as sign_test_p_value
    from counted
    cross join
        unnest(
            generate_series(0, least(counted.gained_count, counted.lost_count))
        ) as series (k)
    group by counted.people_set
),

tested as (
    select
        counted.people_set,
        counted.user_count,
        counted.gained_count,
        counted.lost_count,
        tails.sign_test_p_value,
        counted.first_chinese_count / counted.user_count as first_chinese_share,
        counted.last_chinese_count / counted.user_count as last_chinese_share
    from counted
    inner join tails on counted.people_set = tails.people_set
)

select * from tested
