with

posts as (
    select * from {{ ref("stg_crawl__post_rows") }}
    where row_status = 'accepted'
),

place_names as (
    select * from {{ ref("place_names") }}
),

texts as (
    select
        posts.*,
        coalesce(place_names.place, posts.ip_place_raw) as ip_place,
        {{ strip_space("posts.title_raw") }} as title,
        {{ strip_space("posts.body_raw") }} as body,
        concat_ws(chr(10), posts.title_raw, posts.body_raw) as full_text
    from posts
    left join place_names on lower(posts.ip_place_raw) = place_names.name
),

words as (
    select
        *,
        {{ own_words("full_text") }} as text_clean,
        nullif({{ own_words("body") }}, '') as body_clean,
        list_distinct(
            list_filter(
                list_transform(
                    list_concat(tags_raw, {{ inline_hashtags("full_text") }}),
                    lambda tag: {{ hashtag_name("tag") }}
                ),
                lambda tag: tag is not null
            )
        ) as hashtag_set
    from texts
),

letters as (
    select
        *,
        {{ letter_count("text_clean", "\\p{Han}") }} as han_count,
        {{ letter_count("text_clean", "A-Za-z") }} as latin_count
    from words
),

zones as (
    select
        *,
        {{ local_time("created_at", var("platform_zone")) }} as platform_time,
        {{ local_time("created_at", var("audience_zone")) }} as audience_time,
        {{ local_time("account_created_at", var("platform_zone")) }} as account_time
    from letters
),

cleaned as (
    select
        -- ids
        post_id,
        user_id,
        row_number() over (
            order by created_at, full_text, like_count, comment_count, post_id
        ) as post_number,
        source_file,
        crawl_format,
        source_keyword,

        -- strings
        title,
        body,
        text_clean,
        coalesce(body_clean, text_clean) as text_main,
        list_sort(hashtag_set) as hashtags,
        {{ language("han_count", "latin_count") }} as language,
        case
            when lower(post_type_raw) in ('video', '视频') then 'video'
            when
                lower(post_type_raw) in ('normal', 'image', 'livephoto', '图文', '图集')
                then 'image'
            else 'unknown'
        end as post_type,
        ip_place,
        created_at_evidence,

        -- numerics
        {%- for count in ["like", "collect", "comment", "share"] %}
            {{ count }}_count,
            {{ count }}_count_low,
            {{ count }}_count_high,
        {%- endfor %}
        coalesce(length(title), 0)::integer as title_length,
        coalesce(length(body), 0)::integer as body_length,
        length(text_clean)::integer as text_length,
        len(hashtag_set)::integer as hashtag_count,
        len(regexp_extract_all(full_text, '@_'))::integer as mention_count,
        len(regexp_extract_all(
            regexp_replace(full_text, '\[话题\]', '', 'g'), '\[[^\[\]\n]{1,12}\]'
        ))::integer as sticker_count,
        {{ letter_count("full_text", "\\p{So}") }} as emoji_count,
        han_count,
        latin_count,
        han_count / nullif(han_count + latin_count, 0) as han_share,
        hour(platform_time)::integer as post_hour,
        hour(audience_time)::integer as audience_hour,
        date_diff('second', account_created_at, created_at) / 86400.0::double
            as account_age_days,

        -- booleans
        {%- for count in ["like", "collect", "comment", "share"] %}
            is_{{ count }}_count_censored,
        {%- endfor %}
        account_time::date >= date '{{ var("newcomer_from") }}' as is_newcomer,
        title is null as is_title_missing,
        body is null as is_body_missing,
        contains(full_text, '[话题]') as has_topic_marker,

        -- dates and timestamps
        platform_time::date as post_date,
        date_trunc('month', platform_time)::date as post_month,
        audience_time::date as audience_date,
        created_at,
        account_created_at,
        captured_at
    from zones
)

select * from cleaned
