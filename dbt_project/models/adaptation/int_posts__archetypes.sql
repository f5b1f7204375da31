-- How far a post stands towards each archetype: the weighted signs that a post shows by
-- itself, in standard deviations over the posts of the newcomers who make the groups.
-- What a post cannot show (words of a video without any) says nothing of it.
with

signs as (
    select * from {{ ref("int_posts__signs") }}
),

members as (
    select
        user_id,
        user_number
    from {{ ref("int_users__standings") }}
    where standing = 'member'
),

weights as (
    select * from {{ ref("adaptation_archetypes") }}
),

shown as (
    select
        signs.post_id,
        signs.user_id,
        signs.post_number,
        members.user_number,
        (signs.post_type = 'video')::double as video_share,
        if(signs.has_words, signs.han_share, null) as chinese_text_share,
        if(signs.has_words, signs.has_greeting::double, null) as greeting_share,
        if(signs.has_words, signs.has_question::double, null) as question_share,
        if(
            signs.has_words or signs.chosen_count > 0,
            signs.has_follow_seeking::double,
            null
        ) as follow_seeking_share,
        if(
            signs.has_words or signs.chosen_count > 0,
            signs.has_cultural_exchange::double,
            null
        ) as cultural_exchange_share,
        least(1, signs.chinese_tag_count / nullif(signs.chosen_count, 0))
            as chinese_tag_share,
        least(1, signs.native_tag_count / nullif(signs.chosen_count, 0))
            as native_tag_share,
        least(1, signs.tiktok_tag_count / nullif(signs.chosen_count, 0))
            as tiktok_tag_share
    from signs
    inner join members on signs.user_id = members.user_id
),

sign_values as (
    unpivot shown
    on columns('_share$')
    into name feature value value
),

-- exact sums, since floats add up otherwise in another order
placed as (
    select
        feature,
        avg(value::decimal(18, 12)) as centre,
        sqrt(
            avg((value * value)::decimal(18, 12))
            - pow(avg(value::decimal(18, 12)), 2)
        ) as spread
    from sign_values
    group by feature
),

units as (
    select
        weights.archetype,
        weights.feature,
        placed.centre,
        weights.weight / placed.spread as weight
    from weights
    inner join placed on weights.feature = placed.feature
    where placed.spread > 1e-6
),

lengths as (
    select
        archetype,
        sqrt(sum(pow(weight, 2)::decimal(18, 9))) as length
    from weights
    group by archetype
)

select
    sign_values.post_id,
    units.archetype,
    sign_values.user_id,
    sign_values.user_number,
    sign_values.post_number,
    sum(
        (units.weight * (sign_values.value - units.centre) / lengths.length)
        ::decimal(18, 9)
    )::double as score
from sign_values
inner join units on sign_values.feature = units.feature
inner join lengths on units.archetype = lengths.archetype
group by all
