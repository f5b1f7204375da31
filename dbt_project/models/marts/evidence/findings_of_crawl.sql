{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

users as (
    select * from {{ ref("dim_users") }}
),

distribution as (
    select * from {{ ref("engagement_distribution") }}
),

post_types as (
    select * from {{ ref("engagement_by_post_type") }}
),

newcomers as (
    select
        count(*) filter (where is_newcomer) as newcomer_count,
        count(is_newcomer) as known_count
    from users
    where post_count > 0
),

formats as (
    select
        max(engagement_median) filter (where post_type = 'video') as video_median,
        max(engagement_median_low) filter (where post_type = 'video') as video_low,
        max(engagement_median_high) filter (where post_type = 'video') as video_high,
        max(engagement_median_high) filter (where post_type = 'image') as image_high,
        sum(post_count) as post_count
    from post_types
),

united as (
    select
        {{ finding(
            "'newcomers_are_most_authors'",
            area="crawl",
            claimed_by="project",
            claim="'Most authors in this crawl registered on or after "
                ~ var("newcomer_from") ~ ".'",
            metric="'share of authors who are newcomers'",
            estimate="newcomer_count / nullif(known_count, 0)",
            low=exact_bound("newcomer_count", "known_count", "low"),
            high=exact_bound("newcomer_count", "known_count", "high"),
            null_value="0.5",
            null_model="one half",
            n="known_count",
            source_table="dim_users"
        ) }}
    from newcomers
    union all
    select
        {{ finding(
            "'attention_is_unequal'",
            area="engagement",
            claimed_by="study",
            claim="'Attention is unequal: a few posts hold most of the likes.'",
            metric="'Gini coefficient of likes'",
            estimate="max(gini)",
            low="max(gini_low)",
            high="max(gini_high)",
            null_value="0.5",
            null_model="Gini 0.5, as of an exponential distribution",
            n="max(post_count)",
            source_table="engagement_distribution"
        ) }}
    from distribution
    where metric = 'like_count'
    union all
    select
        {{ finding(
            "'videos_draw_more'",
            area="engagement",
            claimed_by="project",
            claim="'A typical video draws more engagement than a typical image note.'",
            metric="'median engagement of videos'",
            estimate="video_median",
            low="video_low",
            high="video_high",
            null_value="image_high",
            null_model="upper end of the interval of image notes",
            n="post_count",
            source_table="engagement_by_post_type",
            is_identifiable="image_high is not null"
        ) }}
    from formats
)

select * from united
