with

ranked as (
    select * from {{ ref("cascade_influence_null") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

influencers as (
    select
        -- ids
        users.user_id,

        -- strings
        ranked.influence_role,
        case
            when not ranked.is_tested then 'not tested'
            when ranked.p_value_adjusted < {{ var("claim_alpha") }}
                then 'draws more than chance'
            else 'not distinguishable from chance'
        end as verdict,

        -- numerics
        ranked.influence_rank,
        ranked.influence_rank_low,
        ranked.influence_rank_high,
        ranked.action_count,
        ranked.cascade_count,
        ranked.drawn_count,
        ranked.expected_count,
        ranked.null_sd,
        ranked.z_score,
        ranked.p_value,
        ranked.p_value_adjusted,
        ranked.draw_count,

        -- booleans
        ranked.is_tested
    from ranked
    inner join users on ranked.user_number = users.user_number
)

select * from influencers
