with

posts as (
    select * from {{ ref("int_waves__posts") }}
),

values_by_wave as (
    select
        comparison,
        trait,
        avg(value) filter (where wave = 'early') as early_value,
        avg(value) filter (where wave = 'late') as late_value,
        count(*) filter (where wave = 'early') as early_post_count,
        count(*) filter (where wave = 'late') as late_post_count,
        count(distinct user_number) filter (where wave = 'early') as early_user_count,
        count(distinct user_number) filter (where wave = 'late') as late_user_count,
        avg(is_early_format::integer) filter (where wave = 'early')
            as early_format_share,
        avg(is_early_format::integer) filter (where wave = 'late')
            as late_format_share
    from posts
    group by comparison, trait
),

users_in_both as (
    select
        comparison,
        trait,
        user_number
    from posts
    group by comparison, trait, user_number
    having count(distinct wave) = 2
),

shared_users as (
    select
        comparison,
        trait,
        count(*) as shared_user_count
    from users_in_both
    group by comparison, trait
),

-- a user's posts move together, in one wave and across both
user_sums as (
    select
        comparison,
        trait,
        user_number,
        coalesce(sum(value) filter (where wave = 'early'), 0) as early_sum,
        count(*) filter (where wave = 'early') as early_count,
        coalesce(sum(value) filter (where wave = 'late'), 0) as late_sum,
        count(*) filter (where wave = 'late') as late_count
    from posts
    group by comparison, trait, user_number
),

user_influences as (
    select
        user_sums.comparison,
        user_sums.trait,
        (user_sums.late_sum - user_sums.late_count * values_by_wave.late_value)
        / values_by_wave.late_post_count
        - (user_sums.early_sum - user_sums.early_count * values_by_wave.early_value)
        / values_by_wave.early_post_count as on_change
    from user_sums
    inner join values_by_wave
        on
            user_sums.comparison = values_by_wave.comparison
            and user_sums.trait = values_by_wave.trait
),

intervals as (
    select
        values_by_wave.comparison,
        values_by_wave.trait,
        values_by_wave.late_value - values_by_wave.early_value
        - 1.96 * {{ clustered_error("user_influences.on_change") }} as change_low,
        values_by_wave.late_value - values_by_wave.early_value
        + 1.96 * {{ clustered_error("user_influences.on_change") }} as change_high
    from user_influences
    inner join values_by_wave
        on
            user_influences.comparison = values_by_wave.comparison
            and user_influences.trait = values_by_wave.trait
    group by
        values_by_wave.comparison,
        values_by_wave.trait,
        values_by_wave.late_value,
        values_by_wave.early_value
),

-- a handful of users tells nothing of those who were not crawled
sure_intervals as (
    select intervals.*
    from intervals
    inner join values_by_wave
        on
            intervals.comparison = values_by_wave.comparison
            and intervals.trait = values_by_wave.trait
    where
        least(values_by_wave.early_user_count, values_by_wave.late_user_count)
        >= {{ var("wave_min_users") }}
),

final as (
    select
        -- ids
        values_by_wave.comparison,
        values_by_wave.trait,

        -- numerics
        values_by_wave.early_value,
        values_by_wave.late_value,
        sure_intervals.change_low,
        sure_intervals.change_high,
        values_by_wave.early_post_count,
        values_by_wave.late_post_count,
        values_by_wave.early_user_count,
        values_by_wave.late_user_count,
        values_by_wave.early_format_share,
        values_by_wave.late_format_share,
        values_by_wave.late_value - values_by_wave.early_value as change,
        coalesce(shared_users.shared_user_count, 0) as shared_user_count
    from values_by_wave
    left join sure_intervals
        on
            values_by_wave.comparison = sure_intervals.comparison
            and values_by_wave.trait = sure_intervals.trait
    left join shared_users
        on
            values_by_wave.comparison = shared_users.comparison
            and values_by_wave.trait = shared_users.trait
)

select * from final
