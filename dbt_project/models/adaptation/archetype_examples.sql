-- The newcomers that stand highest on each archetype, each with the own post that shows
-- it most; of people too few to judge a scale by, none.
with

members as (
    select
        placed.*,
        standings.user_number
    from {{ ref("adaptation_groups") }} as placed
    inner join {{ ref("int_users__standings") }} as standings
        on placed.user_id = standings.user_id
    where standings.standing = 'member'
),

post_scores as (
    select * from {{ ref("int_posts__archetypes") }}
),

scales as (
    select * from {{ ref("archetype_scores") }}
    where measurement_error is not null
),

leanings as (
    unpivot (
        select
            user_id,
            user_number,
            post_count,
            imitator_score as imitator,
            social_explorer_score as social_explorer,
            cultural_adapter_score as cultural_adapter
        from members
    )
    on imitator, social_explorer, cultural_adapter
    into name archetype value score
),

ranked as (
    select
        *,
        row_number() over (partition by archetype order by score desc, user_number asc)
            as archetype_rank,
        row_number() over (partition by user_id order by score desc, archetype asc) = 1
            as is_nearest
    from leanings
),

examples as (
    select *
    from ranked
    where archetype_rank <= {{ var("archetype_examples") }} and score > 0
),

clearest_posts as (
    select
        user_id,
        archetype,
        arg_max(post_id, (score, -post_number)) as post_id,
        max(score) as post_score
    from post_scores
    group by user_id, archetype
)

select
    -- ids
    examples.archetype,
    examples.archetype_rank,
    examples.user_id,
    clearest_posts.post_id,

    -- numerics
    examples.score,
    scales.measurement_error,
    clearest_posts.post_score,
    examples.post_count,

    -- booleans
    examples.is_nearest,
    scales.is_one_trait
from examples
inner join scales on examples.archetype = scales.archetype
left join clearest_posts
    on
        examples.user_id = clearest_posts.user_id
        and examples.archetype = clearest_posts.archetype
