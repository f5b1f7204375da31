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

all_draws as (
    select * from {{ ref("int_posts__engagement_draws") }}
),

draws as (
    select
        draw,
        max(median) filter (where post_type = 'video')
        - max(median) filter (where post_type = 'image') as median_excess
    from all_draws
    where metric = 'engagement'
    group by draw
),

newcomers as (
    select
        count(*) filter (where is_newcomer) as newcomer_count,
        count(is_newcomer) as known_count
    from users
    where post_count > 0
),

likes as (
    select
        max(top_share) as top_share,
        max(top_share_low) as top_share_low,
        max(top_share_high) as top_share_high,
        max(post_count) as post_count
    from distribution
    where metric = 'like_count'
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

claims as (
    select
        'newcomers_are_most_authors' as claim_id,
        newcomer_count / nullif(known_count, 0) as estimate,
        exact_low(newcomer_count, known_count) as interval_low,
        exact_high(newcomer_count, known_count) as interval_high,
        0.5 as null_value,
        known_count as n,
        true as is_identifiable,
        null::boolean as is_supported,
        null as reason_message,
        json_object('date', '{{ var("newcomer_from") }}') as facts
    from newcomers
    union all
    select
        'attention_is_unequal' as claim_id,
        top_share as estimate,
        top_share_low as interval_low,
        top_share_high as interval_high,
        0.5 as null_value,
        post_count as n,
        true as is_identifiable,
        null as is_supported,
        null as reason_message,
        null as facts
    from likes
    union all
    select
        'videos_draw_more' as claim_id,
        formats.median_excess as estimate,
        format_intervals.median_excess_low as interval_low,
        format_intervals.median_excess_high as interval_high,
        0 as null_value,
        formats.post_count as n,
        true as is_identifiable,
        null as is_supported,
        null as reason_message,
        null as facts
    from formats
    cross join format_intervals
)

select * from claims
