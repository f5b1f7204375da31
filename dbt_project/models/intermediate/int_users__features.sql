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

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
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

post_hashtags as (
    select
        hashtags.post_id,
        count(*) as hashtag_count,
        count(*) filter (
            where regexp_matches(hashtags.hashtag, '\p{Han}')
        ) as chinese_tag_count
    from hashtags
    group by hashtags.post_id
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
        posts.*,
        posts.han_count + posts.latin_count > 0 as has_words,
        coalesce(post_words.has_greeting, false) as has_greeting,
        coalesce(post_words.has_follow_seeking, false)
        or coalesce(post_tag_categories.has_follow_tag, false)
            as has_follow_seeking,
        coalesce(post_words.has_cultural_exchange, false)
        or coalesce(post_tag_categories.has_exchange_tag, false)
            as has_cultural_exchange,
        regexp_matches(posts.text_clean, '[?？]|[吗呢][。！!~～ ]*$') as has_question,
        coalesce(post_hashtags.chinese_tag_count, 0) as chinese_tag_count,
        coalesce(post_tag_categories.native_tag_count, 0) as native_tag_count,
        coalesce(post_tag_categories.tiktok_tag_count, 0) as tiktok_tag_count,
        lag(posts.created_at) over (
            partition by posts.user_id
            order by posts.post_number
        ) as previous_created_at
    from posts
    left join post_words on posts.post_id = post_words.post_id
    left join post_hashtags on posts.post_id = post_hashtags.post_id
    left join post_tag_categories on posts.post_id = post_tag_categories.post_id
),

post_totals as (
    select
        user_id,
        count(*) as post_count,
        count(*) filter (where has_words or hashtag_count > 0) as tellable_post_count,
        count(*) filter (where has_words) as worded_post_count,
        count(distinct post_date) as active_day_count,
        sum(hashtag_count) as hashtag_count,
        coalesce(sum(han_share), 0) as chinese_text_sum,
        sum(chinese_tag_count) as chinese_tag_count,
        sum(native_tag_count) as native_tag_count,
        sum(tiktok_tag_count) as tiktok_tag_count,
        count(*) filter (where post_type = 'video') as video_count,
        count(*) filter (where post_type = 'image') as image_count,
        count(*) filter (where has_greeting) as greeting_count,
        count(*) filter (where has_follow_seeking) as follow_seeking_count,
        count(*) filter (where has_cultural_exchange) as cultural_exchange_count,
        count(*) filter (where has_question) as question_count,
        sum(like_count) as like_total,
        sum(collect_count) as collect_total,
        sum(comment_count) as comment_total,
        sum(share_count) as share_total,
        avg(like_count) as like_mean,
        avg(collect_count) as collect_mean,
        avg(comment_count) as comment_mean,
        avg(share_count) as share_mean,
        median(
            date_diff('second', previous_created_at, created_at) / 3600.0::double
        ) as gap_hours,
        min(account_age_days) as account_age_days
    from described
    group by user_id
),

comment_totals as (
    select
        user_id,
        count(*) as comment_written_count,
        count(*) filter (where depth > 1) as reply_count
    from comments
    group by user_id
),

totals as (
    select
        post_totals.*,
        users.user_number,
        coalesce(comment_totals.comment_written_count, 0) as comment_written_count,
        coalesce(comment_totals.reply_count, 0) as reply_count,
        -- null where nothing was counted
        case
            when
                coalesce(
                    post_totals.like_mean,
                    post_totals.collect_mean,
                    post_totals.comment_mean,
                    post_totals.share_mean
                ) is not null
                then
                    ln(1 + coalesce(post_totals.like_mean, 0))
                    + ln(1 + coalesce(post_totals.collect_mean, 0))
                    + ln(1 + coalesce(post_totals.comment_mean, 0))
                    + ln(1 + coalesce(post_totals.share_mean, 0))
        end as log_engagement
    from post_totals
    inner join users on post_totals.user_id = users.user_id
    left join comment_totals on post_totals.user_id = comment_totals.user_id
),

-- what a like usually comes with, from users who have enough of them
usual_ratios as (
    select
        {%- for count in ["collect", "comment", "share"] %}
        coalesce(
            median({{ count }}_total / nullif(like_total, 0)) filter (
                where like_total >= {{ var("feature_prior_likes") }}
            ), 1
        ) as usual_{{ count }}_ratio{{ "," if not loop.last }}
        {%- endfor %}
    from totals
),

ratios as (
    select
        totals.*,
        {%- for name, count in [
            ("save", "collect"), ("comment", "comment"), ("share", "share")
        ] %}
        ln(
            (
                totals.{{ count }}_total
                + {{ var("feature_prior_likes") }}
                * greatest(usual_ratios.usual_{{ count }}_ratio, 0.01)
            ) / (totals.like_total + {{ var("feature_prior_likes") }})
        ) as {{ name }}_like_log_ratio{{ "," if not loop.last }}
        {%- endfor %}
    from totals
    cross join usual_ratios
),

-- ratios drift with size; what is left beside the straight line is style, not reach
size_lines as (
    select
        {%- for name in ["save", "comment", "share"] %}
        coalesce(regr_slope({{ name }}_like_log_ratio, log_engagement), 0)
            as {{ name }}_slope,
        coalesce(
            regr_intercept({{ name }}_like_log_ratio, log_engagement),
            avg({{ name }}_like_log_ratio)
        ) as {{ name }}_intercept{{ "," if not loop.last }}
        {%- endfor %}
    from ratios
),

features as (
    select
        -- ids
        ratios.user_id,
        ratios.user_number,

        -- how much is known
        ratios.post_count,
        ratios.worded_post_count,
        ratios.hashtag_count::bigint as hashtag_count,
        ratios.active_day_count,
        ratios.comment_written_count,

        -- language
        {{ shrunk_share(
            "ratios.chinese_text_sum", "ratios.worded_post_count",
            var("feature_prior_posts")
        ) }} as chinese_text_share,
        {%- for name in ["chinese", "native", "tiktok"] %}
        {{ shrunk_share(
            "ratios." ~ name ~ "_tag_count", "ratios.hashtag_count",
            var("feature_prior_hashtags")
        ) }} as {{ name }}_tag_share,
        {%- endfor %}

        -- form
        {%- for name in ["video", "image"] %}
        {{ shrunk_share(
            "ratios." ~ name ~ "_count", "ratios.post_count",
            var("feature_prior_posts")
        ) }} as {{ name }}_share,
        {%- endfor %}

        -- content
        {%- for name in ["greeting", "question"] %}
        {{ shrunk_share(
            "ratios." ~ name ~ "_count", "ratios.worded_post_count",
            var("feature_prior_posts")
        ) }} as {{ name }}_share,
        {%- endfor %}
        {%- for name in ["follow_seeking", "cultural_exchange"] %}
        {{ shrunk_share(
            "ratios." ~ name ~ "_count", "ratios.tellable_post_count",
            var("feature_prior_posts")
        ) }} as {{ name }}_share,
        {%- endfor %}

        -- ties
        {{ shrunk_share(
            "ratios.reply_count", "ratios.comment_written_count",
            var("feature_prior_posts")
        ) }} as reply_share,

        -- reactions received
        {%- for name in ["save", "comment", "share"] %}
        ratios.{{ name }}_like_log_ratio,
        ratios.{{ name }}_like_log_ratio
        - size_lines.{{ name }}_intercept
        - size_lines.{{ name }}_slope * ratios.log_engagement
            as {{ name }}_like_excess,
        {%- endfor %}
        ratios.log_engagement,
        {%- for count in ["like", "collect", "comment", "share"] %}
        ratios.{{ count }}_mean,
        {%- endfor %}

        -- rhythm and age
        ln(ratios.post_count / ratios.active_day_count) as log_posts_per_active_day,
        ln(1 + ratios.gap_hours) as log_gap_hours,
        ln(1 + greatest(ratios.account_age_days, 0)) as log_account_age_days
    from ratios
    cross join size_lines
)

select * from features
