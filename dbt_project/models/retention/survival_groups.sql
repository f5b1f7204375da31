-- All groupings but the last are known at the first post; the adaptation group is found
-- from the whole crawl, in hindsight.
with

users as (
    select *
    from {{ ref("int_users__activity") }}
    where first_post_at is not null
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

adaptation_groups as (
    select * from {{ ref("adaptation_groups") }}
),

traits as (
    select
        users.user_id,
        users.user_number,
        users.wave_name,
        posts.language,
        posts.is_newcomer,
        date_diff(
            'day',
            date '{{ var("newcomer_from") }}',
            {{ local_time("posts.account_created_at", var("platform_zone")) }}::date
        ) as registration_day
    from users
    inner join posts on users.first_post_id = posts.post_id
),

named as (
    select
        user_id,
        user_number,
        'all' as all_group,
        wave_name as wave_group,
        language as language_group,
        case
            when is_newcomer is null then 'unknown'
            when is_newcomer then 'newcomer'
            else 'earlier account'
        end as newcomer_group,
        case
            when registration_day is null then 'unknown'
            when registration_day < -365 then 'over a year before the arrival'
            when registration_day < 0 then 'in the year before the arrival'
            when registration_day <= 2
                then 'arrival day ' || (registration_day + 1)
            when registration_day < 7 then 'arrival days 4 to 7'
            else 'after the first week'
        end as cohort_group
    from traits
),

grouped as (
    {%- for grouping in ["all", "wave", "cohort", "newcomer", "language"] %}
        select
            user_id,
            user_number,
            '{{ grouping }}' as grouping,
            {{ grouping }}_group as group_name
        from named
        union all
    {%- endfor %}
    select
        named.user_id,
        named.user_number,
        'adaptation_group' as grouping,
        adaptation_groups.group_name
    from named
    inner join adaptation_groups on named.user_id = adaptation_groups.user_id
)

select * from grouped
