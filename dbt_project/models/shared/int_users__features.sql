with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

signs as (
    select * from {{ ref("int_posts__signs") }}
),

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

described as (
    select
        signs.*,
        posts.post_date,
        posts.created_at,
        posts.like_count,
        posts.collect_count,
        posts.comment_count,
        posts.share_count,
        posts.account_age_days,
        lag(posts.created_at) over (
            partition by posts.user_id
            order by posts.post_number
        ) as previous_created_at
    from posts
    inner join signs on posts.post_id = signs.post_id
),

post_totals as (
    select
        user_id,
        count(*) as post_count,
        count(*) filter (where has_words or chosen_count > 0) as tellable_post_count,
        count(*) filter (where has_words) as worded_post_count,
        count(distinct post_date) as active_day_count,
        sum(chosen_count) as hashtag_count,
        coalesce(sum(han_share::decimal(18, 12)), 0) as chinese_text_sum,
        sum(chinese_tag_count) as chinese_tag_count,
        sum(native_tag_count) as native_tag_count,
        sum(tiktok_tag_count) as tiktok_tag_count,
        count(*) filter (where post_type = 'video') as video_count,
        count(*) filter (where post_type = 'image') as image_count,
        count(*) filter (where has_greeting) as greeting_count,
        count(*) filter (where has_follow_seeking) as follow_seeking_count,
        count(*) filter (where has_cultural_exchange) as cultural_exchange_count,
        count(*) filter (where has_question and has_words) as question_count,
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
        coalesce(comment_totals.reply_count, 0) as reply_count
    from post_totals
    inner join users on post_totals.user_id = users.user_id
    left join comment_totals on post_totals.user_id = comment_totals.user_id
),

counted as (
    select
        *,
        case
            when coalesce(like_mean, collect_mean, comment_mean, share_mean) is not null
                then
                    ln(1 + coalesce(like_mean, 0))
                    + ln(1 + coalesce(collect_mean, 0))
                    + ln(1 + coalesce(comment_mean, 0))
                    + ln(1 + coalesce(share_mean, 0))
        end as log_engagement
    from totals
),

-- what a like usually comes with, from users who have enough of them
usual_ratios as (
    select
        coalesce(median(collect_total / like_total), 1) as usual_save_ratio,
        coalesce(median(comment_total / like_total), 1) as usual_comment_ratio,
        coalesce(median(share_total / like_total), 1) as usual_share_ratio
    from counted
    where like_total >= {{ var("feature_prior_likes") }}
),

ratios as (
    select
        counted.*,
        {{ like_log_ratio("collect_total", "usual_save_ratio") }}
            as save_like_log_ratio,
        {{ like_log_ratio("comment_total", "usual_comment_ratio") }}
            as comment_like_log_ratio,
        {{ like_log_ratio("share_total", "usual_share_ratio") }}
            as share_like_log_ratio
    from counted
    cross join usual_ratios
),

-- ratios drift with size; what is left beside the straight line is style, not reach.
-- The line is flat where all engagement is the same. In order, since floats add up
-- otherwise in another one
centres as (
    select
        {% for name in ["save", "comment", "share"] -%}
            avg({{ name }}_like_log_ratio order by user_number) as {{ name }}_centre,
            coalesce(
                covar_pop(
                    {{ name }}_like_log_ratio, log_engagement order by user_number
                )
                / nullif(var_pop(log_engagement order by user_number), 0),
                0
            ) as {{ name }}_slope,
        {% endfor %}
        avg(log_engagement order by user_number) as engagement_centre
    from ratios
),

centred as (
    select
        ratios.*,
        centres.*,
        ratios.log_engagement - centres.engagement_centre as engagement_lead
    from ratios
    cross join centres
),

features as (
    select
        -- ids
        user_id,
        user_number,

        -- how much is known
        post_count,
        worded_post_count,
        hashtag_count::bigint as hashtag_count,
        active_day_count,
        comment_written_count,

        -- language
        {{ shrunk_share("chinese_text_sum", "worded_post_count") }}
            as chinese_text_share,
        {%- for name in ["chinese", "native", "tiktok"] %}
        {{ shrunk_share(
            name ~ "_tag_count", "hashtag_count", var("feature_prior_hashtags")
        ) }} as {{ name }}_tag_share,
        {%- endfor %}

        -- form
        {{ shrunk_share("video_count", "post_count") }} as video_share,
        {{ shrunk_share("image_count", "post_count") }} as image_share,

        -- content
        {{ shrunk_share("greeting_count", "worded_post_count") }} as greeting_share,
        {{ shrunk_share("question_count", "worded_post_count") }} as question_share,
        {{ shrunk_share("follow_seeking_count", "tellable_post_count") }}
            as follow_seeking_share,
        {{ shrunk_share("cultural_exchange_count", "tellable_post_count") }}
            as cultural_exchange_share,

        -- ties
        {{ shrunk_share("reply_count", "comment_written_count") }} as reply_share,

        -- reactions received
        save_like_log_ratio,
        save_like_log_ratio - save_centre - save_slope * engagement_lead
            as save_like_excess,
        comment_like_log_ratio,
        comment_like_log_ratio - comment_centre - comment_slope * engagement_lead
            as comment_like_excess,
        share_like_log_ratio,
        share_like_log_ratio - share_centre - share_slope * engagement_lead
            as share_like_excess,
        log_engagement,
        like_mean,
        collect_mean,
        comment_mean,
        share_mean,

        -- rhythm and age
        ln(post_count / active_day_count) as log_posts_per_active_day,
        ln(1 + gap_hours) as log_gap_hours,
        ln(1 + greatest(account_age_days, 0)) as log_account_age_days
    from centred
),

-- the last digits of a sum depend on the order of its rows, and no cluster may; a whole
-- number stays what it is
rounded as (
    select
        user_id,
        round(columns(* exclude (user_id)), 12)
    from features
)

select * from rounded
