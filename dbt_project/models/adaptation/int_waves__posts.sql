-- The traits that can show adaptation, and how far a post stands towards each
-- archetype, of posts in the two compared waves.
-- `comparison` says which posts are compared: all of them, only those of accounts
-- registered in the same few days, or only those crawled in the format that prevails
-- in the early wave, which the way of crawling cannot explain. Who still posts late is
-- a selection in each.
with

automated as (
    select * from {{ ref("int_users__automated") }}
),

-- an account that posts by itself did not adapt
posts as (
    select posts.*
    from {{ ref("int_posts__cleaned") }} as posts
    where posts.user_id not in (select automated.user_id from automated)
),

users as (
    select * from {{ ref("int_users__observed") }}
),

archetypes as (
    select * from {{ ref("int_posts__archetypes") }}
),

waves as (
    select
        users.user_number,
        posts.post_id,
        if(posts.hashtag_count > 0, posts.has_topic_marker, null) as has_topic_marker,
        case
            when
                posts.post_date
                between date '{{ var("early_wave_from") }}'
                and date '{{ var("early_wave_until") }}'
                then 'early'
            when
                posts.post_date
                between date '{{ var("late_wave_from") }}'
                and date '{{ var("late_wave_until") }}'
                then 'late'
        end as wave,
        coalesce(
            {{ local_time("users.account_created_at", var("platform_zone")) }}::date
            between date '{{ var("cohort_from") }}'
            and date '{{ var("cohort_until") }}',
            false
        ) as is_cohort,
        (posts.han_count > 0)::integer as chinese_words,
        regexp_matches(array_to_string(posts.hashtags, ' '), '\p{Han}')::integer
            as chinese_hashtags,
        (posts.post_type = 'video')::integer as video,
        posts.hashtag_count as hashtags_per_post
    from posts
    inner join users on posts.user_id = users.user_id
),

-- crawls that show hashtags inside the text mark them there, others do not; a post
-- without hashtags tells nothing of its format and stands in no comparison within one
early_format as (
    select mode(has_topic_marker) as prevailing_marker
    from waves
    where wave = 'early'
),

formatted as (
    select
        waves.*,
        waves.has_topic_marker = early_format.prevailing_marker as is_early_format
    from waves
    cross join early_format
    where waves.wave is not null
),

compared as (
    select
        'all posts' as comparison,
        * exclude (has_topic_marker)
    from formatted
    union all
    select
        'same registration cohort' as comparison,
        * exclude (has_topic_marker)
    from formatted
    where is_cohort
    union all
    select
        'same crawl format' as comparison,
        * exclude (has_topic_marker)
    from formatted
    where is_early_format
),

traits as (
    unpivot compared
    on chinese_words, chinese_hashtags, video, hashtags_per_post
    into name trait value value
),

-- what tells a newcomer's posts apart is asked of newcomers
leanings as (
    select
        compared.*,
        archetypes.archetype,
        archetypes.score
    from compared
    inner join archetypes on compared.post_id = archetypes.post_id
)

select
    comparison,
    trait,
    wave,
    post_id,
    user_number,
    is_cohort,
    is_early_format,
    value::double as value
from traits
union all
select
    comparison,
    archetype as trait,
    wave,
    post_id,
    user_number,
    is_cohort,
    is_early_format,
    score as value
from leanings
