-- A change between waves is of rates, or of who is there. Among posts of strata that
-- both waves have, of registration cohort and crawl format, the first is the change
-- within a stratum and the second that of their mixture; what the other posts add
-- cannot be told apart. Of the people seen in both waves the change is their own.
-- Source: Kitagawa (1955), Components of a difference between two rates; Nopo (2008),
-- Matching as a tool to decompose wage gaps, for what has no match.
with

posts as (
    select * from {{ ref("int_waves__posts") }}
    where comparison = 'all posts'
),

wave_values as (
    select
        trait,
        avg(value) filter (where wave = 'early') as early_value,
        avg(value) filter (where wave = 'late') as late_value,
        count(*) filter (where wave = 'early') as early_post_count,
        count(*) filter (where wave = 'late') as late_post_count
    from posts
    group by trait
),

strata as (
    select
        trait,
        is_cohort,
        is_early_format,
        avg(value) filter (where wave = 'early') as early_rate,
        avg(value) filter (where wave = 'late') as late_rate,
        count(*) filter (where wave = 'early') as early_count,
        count(*) filter (where wave = 'late') as late_count
    from posts
    -- a post without hashtags shows no format
    where is_early_format is not null
    group by trait, is_cohort, is_early_format
    -- the rate of a handful of users in one wave tells nothing, and their own spread
    -- not how much
    having
        least(
            count(distinct user_number) filter (where wave = 'early'),
            count(distinct user_number) filter (where wave = 'late')
        ) >= {{ var("wave_min_users") }}
),

weighted as (
    select
        *,
        (
            early_count / sum(early_count) over (partition by trait)
            + late_count / sum(late_count) over (partition by trait)
        ) / 2 as weight
    from strata
),

matched as (
    select
        trait,
        count(*) as stratum_count,
        sum(weight * (late_rate - early_rate)) as rate_part,
        sum(late_count * late_rate) / sum(late_count)
        - sum(early_count * early_rate) / sum(early_count) as matched_change,
        sum(early_count) as early_count,
        sum(late_count) as late_count
    from weighted
    group by trait
),

-- a user's posts move together, over strata and waves; weights are held fixed
user_influences as (
    select
        posts.trait,
        posts.user_number,
        sum(
            weighted.weight * if(
                posts.wave = 'late',
                (posts.value - weighted.late_rate) / weighted.late_count,
                (weighted.early_rate - posts.value) / weighted.early_count
            )
        ) as on_rate_part
    from posts
    inner join weighted
        on
            posts.trait = weighted.trait
            and posts.is_cohort = weighted.is_cohort
            and posts.is_early_format = weighted.is_early_format
    group by posts.trait, posts.user_number
),

rate_errors as (
    select
        trait,
        1.96 * {{ clustered_error("on_rate_part") }} as rate_reach
    from user_influences
    group by trait
),

-- people seen in both waves, each counted once
own_changes as (
    select
        trait,
        user_number,
        avg(value) filter (where wave = 'late')
        - avg(value) filter (where wave = 'early') as own_change
    from posts
    group by trait, user_number
    having count(distinct wave) = 2
),

within_person as (
    select
        trait,
        count(*) as within_user_count,
        avg(own_change) as within_change,
        1.96 * stddev_samp(own_change) / sqrt(count(*)) as within_reach
    from own_changes
    group by trait
),

split as (
    select
        wave_values.trait,
        wave_values.late_value - wave_values.early_value as change,
        matched.rate_part,
        matched.rate_part - rate_errors.rate_reach as rate_low,
        matched.rate_part + rate_errors.rate_reach as rate_high,
        matched.matched_change - matched.rate_part as composition_part,
        wave_values.late_value - wave_values.early_value
        - coalesce(matched.matched_change, 0) as unmatched_part,
        coalesce(matched.stratum_count, 0) as stratum_count,
        coalesce(matched.early_count, 0) / wave_values.early_post_count
            as matched_early_share,
        coalesce(matched.late_count, 0) / wave_values.late_post_count
            as matched_late_share,
        within_person.within_change,
        within_person.within_reach,
        coalesce(within_person.within_user_count, 0) as within_user_count,
        coalesce(
            within_person.within_user_count >= {{ var("wave_min_users") }}, false
        ) as has_within
    from wave_values
    left join matched on wave_values.trait = matched.trait
    left join rate_errors on wave_values.trait = rate_errors.trait
    left join within_person on wave_values.trait = within_person.trait
    -- without two waves there is no change to split
    where wave_values.early_post_count > 0 and wave_values.late_post_count > 0
),

final as (
    select
        -- ids
        trait,

        -- numerics
        change,
        rate_part,
        rate_low,
        rate_high,
        composition_part,
        unmatched_part,
        stratum_count,
        matched_early_share,
        matched_late_share,
        within_user_count,
        if(has_within, within_change, null) as within_change,
        if(has_within, within_change - within_reach, null) as within_low,
        if(has_within, within_change + within_reach, null) as within_high,

        -- strings
        if(
            has_within,
            null,
            json_object(
                'code', 'too_few_seen_twice',
                'people', within_user_count,
                'least', {{ var("wave_min_users") }}
            )
        )::varchar as reason_message,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh
    from split
)

select * from final
