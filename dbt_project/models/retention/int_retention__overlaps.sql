-- Who is met twice: by two waves of the crawl, or by two files that looked at the same
-- days. Only the largest files are paired, so that many files stay cheap.
with

users as (
    select * from {{ ref("int_users__activity") }}
),

windows as (
    select * from {{ ref("int_sources__windows") }}
    qualify row_number() over (
        partition by entity
        order by user_count desc, source_file asc
    ) <= 20
),

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
    where row_status <> 'rejected'
),

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
    where row_status <> 'rejected'
),

wave_users as (
    select
        user_id,
        unnest(post_waves) as wave_number
    from users
    where first_post_at is not null
),

wave_sizes as (
    select
        wave_number,
        count(*) as user_count
    from wave_users
    group by wave_number
),

wave_shared as (
    select
        first_wave.wave_number as first_number,
        second_wave.wave_number as second_number,
        count(*) as user_count
    from wave_users as first_wave
    inner join wave_users as second_wave
        on
            first_wave.user_id = second_wave.user_id
            and first_wave.wave_number < second_wave.wave_number
    group by first_wave.wave_number, second_wave.wave_number
),

wave_pairs as (
    select
        'waves' as pair_kind,
        'posts' as entity,
        if(
            first_size.wave_number = 0,
            'before the arrival',
            'wave ' || first_size.wave_number
        ) as first_name,
        'wave ' || second_size.wave_number as second_name,
        first_size.user_count as first_user_count,
        second_size.user_count as second_user_count,
        coalesce(wave_shared.user_count, 0) as shared_user_count
    from wave_sizes as first_size
    inner join wave_sizes as second_size
        on first_size.wave_number < second_size.wave_number
    left join wave_shared
        on
            first_size.wave_number = wave_shared.first_number
            and second_size.wave_number = wave_shared.second_number
),

file_windows as (
    select
        first_file.entity,
        first_file.source_file as first_name,
        second_file.source_file as second_name,
        greatest(first_file.first_activity_at, second_file.first_activity_at)
            as from_at,
        least(first_file.last_activity_at, second_file.last_activity_at) as to_at
    from windows as first_file
    inner join windows as second_file
        on
            first_file.entity = second_file.entity
            and first_file.source_file < second_file.source_file
    where
        greatest(first_file.first_activity_at, second_file.first_activity_at)
        <= least(first_file.last_activity_at, second_file.last_activity_at)
),

activities as (
    select
        'posts' as entity,
        source_file,
        user_id,
        created_at
    from post_rows
    union all
    select
        'comments' as entity,
        source_file,
        user_id,
        created_at
    from comment_rows
),

file_users as (
    select
        file_windows.entity,
        file_windows.first_name,
        file_windows.second_name,
        activities.user_id,
        bool_or(activities.source_file = file_windows.first_name) as is_in_first,
        bool_or(activities.source_file = file_windows.second_name) as is_in_second
    from file_windows
    inner join activities
        on
            file_windows.entity = activities.entity
            and (
                file_windows.first_name = activities.source_file
                or file_windows.second_name = activities.source_file
            )
            and activities.created_at between file_windows.from_at
            and file_windows.to_at
    group by
        file_windows.entity,
        file_windows.first_name,
        file_windows.second_name,
        activities.user_id
),

file_pairs as (
    select
        'files' as pair_kind,
        entity,
        first_name,
        second_name,
        count(*) filter (where is_in_first) as first_user_count,
        count(*) filter (where is_in_second) as second_user_count,
        count(*) filter (where is_in_first and is_in_second) as shared_user_count
    from file_users
    group by entity, first_name, second_name
),

pairs as (
    select * from wave_pairs
    union all
    select * from file_pairs
)

select * from pairs
