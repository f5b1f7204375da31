with

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

final as (
    select
        -- ids
        comment_id,
        post_id,
        post_author_id,
        user_id,
        parent_comment_id,
        replied_to_user_id,
        thread_root_id,
        source_file,
        crawl_format,

        -- strings
        body,
        text_clean,
        language,
        ip_place,
        created_at_evidence,

        -- numerics
        depth,
        like_count,
        declared_reply_count,
        han_share,
        account_age_days,

        -- booleans
        is_like_count_censored,
        is_parent_present,

        -- timestamps
        created_at,
        account_created_at,
        captured_at
    from comments
)

select * from final
