with

users as (
    select * from {{ ref("int_users__observed") }}
),

final as (
    select
        -- ids
        user_id,

        -- strings
        ip_place,
        languages,
        language,

        -- numerics
        post_count,
        comment_count,

        -- booleans
        is_newcomer,

        -- timestamps
        account_created_at,
        first_seen_at,
        last_seen_at,
        first_post_at,
        last_post_at
    from users
)

select * from final
