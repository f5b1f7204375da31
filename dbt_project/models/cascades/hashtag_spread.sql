with

tested as (
    select * from {{ ref("hashtag_adoption_null") }}
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
            when tested.is_tested and tested.p_value_adjusted < 0.05
                then 'adopted after meeting it more than chance'
            when tested.is_tested then 'not distinguishable from chance'
            when tested.occasion_count < {{ var("adoption_min_occasions") }}
                then
                    'not tested: fewer than {{ var("adoption_min_occasions") }} '
                    || 'occasions'
            else 'not tested: nobody who met it could have used it at another time'
        end as verdict,

        -- numerics
        tested.occasion_count,
        tested.adoption_count,
        tested.adoption_count / tested.occasion_count as adoption_rate,
        {{ wilson_bound("tested.adoption_count", "tested.occasion_count", "low") }}
            as adoption_rate_low,
        {{ wilson_bound("tested.adoption_count", "tested.occasion_count", "high") }}
            as adoption_rate_high,
        tested.expected_count,
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
