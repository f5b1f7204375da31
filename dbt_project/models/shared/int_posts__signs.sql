-- What a post shows of its author's adaptation. A share of nothing is null, never 0.
with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

hashtags as (
    select * from {{ ref("int_hashtags__extracted") }}
),

vocabulary as (
    select * from {{ ref("int_posts__vocabulary") }}
),

post_words as (
    select
        post_id,
        bool_or(category = 'greeting') as has_greeting,
        bool_or(category = 'follow_seeking') as has_follow_seeking,
        bool_or(category = 'cultural_exchange') as has_cultural_exchange
    from vocabulary
    where applies_to = 'text'
    group by post_id
),

suggested_hashtags as (
    select
        post_id,
        unnest(matches) as hashtag
    from vocabulary
    where applies_to = 'hashtag' and category = 'suggested'
),

-- what the platform suggests to everybody says nothing of who takes it
chosen_hashtags as (
    select hashtags.*
    from hashtags
    anti join suggested_hashtags
        on
            hashtags.post_id = suggested_hashtags.post_id
            and hashtags.hashtag = suggested_hashtags.hashtag
),

post_hashtags as (
    select
        post_id,
        count(*) as chosen_count,
        count(*) filter (where regexp_matches(hashtag, '\p{Han}')) as chinese_tag_count
    from chosen_hashtags
    group by post_id
),

post_tag_categories as (
    select
        post_id,
        coalesce(sum(match_count) filter (where category = 'native'), 0)
            as native_tag_count,
        coalesce(sum(match_count) filter (where category = 'tiktok'), 0)
            as tiktok_tag_count,
        bool_or(category = 'follow_train') as has_follow_tag,
        bool_or(category = 'cultural_exchange') as has_exchange_tag
    from vocabulary
    where applies_to = 'hashtag'
    group by post_id
),

described as (
    select
        posts.post_id,
        posts.user_id,
        posts.post_number,
        posts.post_type,
        posts.han_share,
        posts.han_count + posts.latin_count > 0 as has_words,
        coalesce(post_words.has_greeting, false) as has_greeting,
        coalesce(post_words.has_follow_seeking, false)
        or coalesce(post_tag_categories.has_follow_tag, false)
            as has_follow_seeking,
        coalesce(post_words.has_cultural_exchange, false)
        or coalesce(post_tag_categories.has_exchange_tag, false)
            as has_cultural_exchange,
        regexp_matches(posts.text_clean, '[?？]|[吗呢][。！!~～ ]*$') as has_question,
        coalesce(post_hashtags.chosen_count, 0) as chosen_count,
        coalesce(post_hashtags.chinese_tag_count, 0) as chinese_tag_count,
        coalesce(post_tag_categories.native_tag_count, 0) as native_tag_count,
        coalesce(post_tag_categories.tiktok_tag_count, 0) as tiktok_tag_count
    from posts
    left join post_words on posts.post_id = post_words.post_id
    left join post_hashtags on posts.post_id = post_hashtags.post_id
    left join post_tag_categories on posts.post_id = post_tag_categories.post_id
)

select * from described
