-- What topics look at beside the words of a post.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

automated as (
    select * from {{ ref("int_users__automated") }}
)

select
    posts.post_id,
    posts.user_id,
    posts.post_number,
    posts.language,
    posts.is_title_missing,
    posts.is_body_missing,
    posts.has_topic_marker,
    posts.text_clean = '' and posts.hashtag_count = 0 as is_blank,
    automated.user_id is not null as is_automated
from posts
left join automated on posts.user_id = automated.user_id
