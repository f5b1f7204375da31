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

draws as (
    select * from {{ ref("int_posts__type_draws") }}
),

formats as (
    select
        max(engagement_median) filter (where post_type = 'video')
        - max(engagement_median) filter (where post_type = 'image') as median_excess,
        sum(post_count) filter (where post_type in ('video', 'image')) as post_count
    from post_types
),

format_intervals as (
    select
        quantile_cont(median_excess, 0.025) as median_excess_low,
        quantile_cont(median_excess, 0.975) as median_excess_high
    from draws
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
            claim="'Attention is unequal: one post in twenty holds most of the likes.'",
            metric="'share of the likes that the most liked 5 % of posts hold'",
            estimate="max(top_share)",
            low="max(top_share_low)",
            high="max(top_share_high)",
            null_value="0.5",
            null_model="one half",
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
            metric="'difference of median engagement, videos less image notes'",
            estimate="median_excess",
            low="median_excess_low",
            high="median_excess_high",
            null_value="0",
            null_model="no difference",
            n="post_count",
            source_table="engagement_by_post_type"
        ) }}
    from formats
    cross join format_intervals
)

select * from united
