-- Whose behaviour makes the adaptation groups, and why not that of the others.
with

features as (
    select * from {{ ref("int_users__features") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

automated as (
    select * from {{ ref("int_users__automated") }}
),

known as (
    select
        features.user_id,
        features.user_number,
        users.is_newcomer,
        automated.user_id is not null as is_automated,
        (features.worded_post_count > 0)::integer
        + (features.hashtag_count > 0)::integer
        + (features.comment_written_count > 0)::integer
        + coalesce(
            greatest(features.like_mean, features.collect_mean, features.comment_mean)
            > 0,
            false
        )::integer as evidence_count
    from features
    inner join users on features.user_number = users.user_number
    left join automated on features.user_id = automated.user_id
),

standings as (
    select
        user_id,
        user_number,
        case
            when is_automated then 'automated'
            when '{{ var("adaptation_population") }}' = 'newcomers'
                then
                    case
                        when is_newcomer is null then 'undated'
                        when not is_newcomer then 'host'
                    end
        end as barred_as,
        coalesce(
            barred_as,
            if(
                evidence_count < {{ var("adaptation_min_evidence") }},
                'unclear',
                'member'
            )
        ) as standing,
        evidence_count
    from known
)

select
    user_id,
    user_number,
    standing,
    evidence_count
from standings
