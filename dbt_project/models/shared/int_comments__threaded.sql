with recursive

comments as (
    select * from {{ ref("stg_crawl__comment_rows") }}
    where row_status = 'accepted'
),

posts as (
    select * from {{ ref("stg_crawl__post_rows") }}
    where row_status = 'accepted'
),

place_names as (
    select * from {{ ref("place_names") }}
),

-- a reply whose parent was not collected starts its own branch at depth 2: the thread
-- above it is unknown
branch_starts as (
    select
        comments.comment_id,
        coalesce(comments.parent_comment_id, comments.comment_id) as thread_root_id,
        if(comments.parent_comment_id is null, 1, 2) as depth
    from comments
    left join comments as parents
        on comments.parent_comment_id = parents.comment_id
    where parents.comment_id is null
),

threads as (
    select
        comment_id,
        thread_root_id,
        depth
    from branch_starts
    union all
    select
        comments.comment_id,
        threads.thread_root_id,
        threads.depth + 1 as depth
    from comments
    inner join threads on comments.parent_comment_id = threads.comment_id
),

linked as (
    select
        comments.*,
        threads.thread_root_id,
        threads.depth,
        posts.user_id as post_author_id,
        parents.comment_id is not null as is_parent_found,
        coalesce(place_names.place, comments.ip_place_raw) as ip_place,
        case
            when comments.parent_comment_id is null then posts.user_id
            else parents.user_id
        end as replied_to_user_id,
        {{ own_words("comments.body_raw") }} as text_clean
    from comments
    left join threads on comments.comment_id = threads.comment_id
    left join posts on comments.post_id = posts.post_id
    left join comments as parents
        on comments.parent_comment_id = parents.comment_id
    left join place_names on lower(comments.ip_place_raw) = place_names.name
),

letters as (
    select
        *,
        {{ letter_count("text_clean", "\\p{Han}") }} as han_count,
        {{ letter_count("text_clean", "A-Za-z") }} as latin_count
    from linked
),

threaded as (
    select
        -- ids
        comment_id,
        row_number() over (
            order by created_at, body_raw, comment_id
        ) as comment_number,
        post_id,
        post_author_id,
        user_id,
        parent_comment_id,
        replied_to_user_id,
        thread_root_id,
        source_file,
        crawl_format,

        -- strings
        {{ strip_space("body_raw") }} as body,
        text_clean,
        {{ language("han_count", "latin_count") }} as language,
        ip_place,
        created_at_evidence,

        -- numerics
        depth::integer as depth,
        like_count,
        declared_reply_count,
        han_count,
        latin_count,
        han_count / nullif(han_count + latin_count, 0) as han_share,
        date_diff('second', account_created_at, created_at) / 86400.0::double
            as account_age_days,

        -- booleans
        is_like_count_censored,
        has_picture,
        parent_comment_id is null or is_parent_found as is_parent_present,

        -- timestamps
        created_at,
        account_created_at,
        captured_at
    from letters
)

select * from threaded
