with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

activities as (
    {{ activities([
        "user_id",
        "created_at",
        "account_created_at",
        "ip_place",
        "language",
        "han_count",
        "latin_count",
    ]) }}
),

users as (
    select
        user_id,
        min(account_created_at) as account_created_at,
        min(created_at) as first_seen_at,
        max(created_at) as last_seen_at,
        min(created_at) filter (where is_post) as first_post_at,
        max(created_at) filter (where is_post) as last_post_at,
        count(*) filter (where is_post) as post_count,
        count(*) filter (where not is_post) as comment_count,
        arg_max(ip_place, created_at) as ip_place,
        list_sort(
            list_distinct(list(language) filter (where language <> 'none'))
        ) as languages,
        sum(han_count) as han_count,
        sum(latin_count) as latin_count
    from activities
    group by user_id
),

observed as (
    select
        -- ids
        users.user_id,
        row_number() over (
            order by
                users.account_created_at,
                users.first_seen_at,
                users.last_seen_at,
                users.user_id
        ) as user_number,

        -- strings
        users.ip_place,
        coalesce(users.languages, []) as languages,
        {{ language("users.han_count", "users.latin_count") }} as language,

        -- numerics
        users.post_count,
        users.comment_count,

        -- booleans
        {{ local_time("users.account_created_at", var("platform_zone")) }}::date
        >= date '{{ var("newcomer_from") }}' as is_newcomer,

        -- timestamps
        users.account_created_at,
        users.first_seen_at,
        users.last_seen_at,
        users.first_post_at,
        users.last_post_at
    from users
)

select * from observed
