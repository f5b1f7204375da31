-- What a post declares against what was collected for it: the difference is what no
-- analysis of comments can see.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

collected as (
    select
        post_id,
        count(*) as collected_comment_count,
        count(*) filter (where depth > 1) as collected_reply_count
    from comments
    group by post_id
),

compared as (
    select
        posts.post_id,
        posts.source_file,
        posts.comment_count as declared_comment_count,
        posts.is_comment_count_censored as is_declared_count_censored,
        coalesce(collected.collected_comment_count, 0) as collected_comment_count,
        coalesce(collected.collected_reply_count, 0) as collected_reply_count
    from posts
    left join collected on posts.post_id = collected.post_id
)

select * from compared
