with

tested as (
    select * from {{ ref("hashtag_adoption_null") }}
    where subject = 'hashtag'
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

spread as (
    select
        -- ids
        items.item_id as hashtag,

        -- strings
        case
            when tested.is_tested and tested.p_value_adjusted < {{ var("claim_alpha") }}
                then 'adopted after meeting it more than chance'
            when tested.is_tested then 'not distinguishable from chance'
            else 'not tested'
        end as verdict,

        -- numerics
        tested.occasion_count,
        tested.adoption_count,
        tested.adoption_count / tested.occasion_count as adoption_rate,
        {{ wilson_bound("tested.adoption_count", "tested.occasion_count", "low") }}
            as adoption_rate_low,
        {{ wilson_bound("tested.adoption_count", "tested.occasion_count", "high") }}
            as adoption_rate_high,
        tested.null_mean as expected_count,
        tested.z_score,
        tested.p_value,
        tested.p_value_adjusted,
        tested.draw_count,

        -- booleans
        tested.is_tested
    from tested
    inner join items
        on tested.hashtag_number = items.item_number and items.item_kind = 'tag'
)

select * from spread
