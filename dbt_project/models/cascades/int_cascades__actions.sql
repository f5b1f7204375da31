with

automated as (
    select * from {{ ref("int_users__automated") }}
),

comments as (
    select * from {{ ref("int_cascades__reply_tree") }}
),

cascades as (
    select * from {{ ref("int_cascades__notes") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

-- Notes that drew anything. A note without collected comments drew none, or none were
-- collected of it, and the crawler may collect more of some people's notes: what is
-- drawn by the notes that drew does not depend on that.
notes as (
    select
        'initiator' as influence_role,
        users.user_id,
        users.user_number,
        posts.post_id,
        posts.post_number as sort_number,
        posts.source_file as stratum,
        cascades.drawn_count
    from posts
    inner join users on posts.user_id = users.user_id
    inner join cascades on posts.post_id = cascades.post_id
    where
        cascades.drawn_count > 0
        and posts.user_id not in (select automated.user_id from automated)
),

arrivals as (
    select
        *,
        row_number() over (partition by post_id order by comment_number)
            as arrival_rank
    from comments
),


-- Commenting under one's own note is not amplifying somebody. Who comes first meets
-- more people: comments are compared with those that came at about the same place.
replies as (
    select
        'amplifier' as influence_role,
        arrivals.user_id,
        arrivals.user_number,
        arrivals.post_id,
        arrivals.comment_number as sort_number,
        concat_ws(
            ' ',
            arrivals.post_id,
            if(arrivals.tree_parent_id is null, 'first level', 'reply'),
            floor(
                ln(arrivals.arrival_rank) / ln({{ var("influence_arrival_ratio") }})
            )
        ) as stratum,
        arrivals.drawn_count
    from arrivals
    where
        arrivals.user_id is not null
        and arrivals.user_id is distinct from arrivals.post_author_id
        and arrivals.user_id not in (select automated.user_id from automated)
),

actions as (
    select * from notes
    union all by name
    select * from replies
),

-- numbers that do not depend on the pseudonyms: a stratum is named by its first action
named as (
    select
        *,
        row_number() over (order by influence_role, sort_number) as action_number,
        min(sort_number) over (partition by influence_role, post_id) as cascade_number,
        min(sort_number) over (partition by influence_role, stratum) as stratum_number
    from actions
)

select
    influence_role,
    action_number,
    user_id,
    user_number,
    post_id,
    cascade_number,
    stratum_number,
    drawn_count
from named
