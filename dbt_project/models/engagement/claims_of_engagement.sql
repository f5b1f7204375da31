{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

users as (
    select * from {{ ref("dim_users") }}
),

distribution as (
    select * from {{ ref("engagement_distribution") }}
),

intervals as (
    select * from {{ ref("int_posts__engagement_intervals") }}
    where metric = 'engagement'
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

medians as (
    select
        max(median) filter (where post_type = 'video') as video,
        max(median_low) filter (where post_type = 'video') as video_low,
        max(median_high) filter (where post_type = 'video') as video_high,
        max(median) filter (where post_type = 'image') as image,
        max(median_low) filter (where post_type = 'image') as image_low,
        max(median_high) filter (where post_type = 'image') as image_high,
        -- people here, once for each format that they use
        sum(post_count) filter (where post_type in ('video', 'image')) as post_count
    from intervals
),

-- an interval of a difference, from those of its parts. Source: Zou and Donner 2008,
-- Construction of confidence limits about effect measures: a general approach
formats as (
    select
        post_count,
        video - image as median_excess,
        video - image - sqrt(pow(video - video_low, 2) + pow(image_high - image, 2))
            as median_excess_low,
        video - image + sqrt(pow(video_high - video, 2) + pow(image - image_low, 2))
            as median_excess_high
    from medians
),

claims as (
    select
        'newcomers_are_most_authors' as claim_id,
        newcomer_count / nullif(known_count, 0) as estimate,
        exact_low(newcomer_count, known_count) as interval_low,
        exact_high(newcomer_count, known_count) as interval_high,
        0.5 as null_value,
        least(1, 2 * exact_tail(newcomer_count, known_count, 0.5)) as p_value,
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
        {{ interval_p_value("top_share", "top_share_low", 0.5) }} as p_value,
        post_count as n,
        true as is_identifiable,
        null as is_supported,
        null as reason_message,
        null as facts
    from likes
    union all
    select
        'videos_draw_more' as claim_id,
        median_excess as estimate,
        median_excess_low as interval_low,
        median_excess_high as interval_high,
        0 as null_value,
        {{ interval_p_value("median_excess", "median_excess_low", 0) }} as p_value,
        post_count as n,
        true as is_identifiable,
        null as is_supported,
        null as reason_message,
        null as facts
    from formats
)

select * from claims
