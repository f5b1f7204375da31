with

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

-- a note whose comments were not collected says nothing about what it drew
notes as (
    select
        'initiator' as influence_role,
        users.user_id,
        users.user_number,
        posts.post_id,
        posts.post_number as sort_number,
        posts.source_file as stratum,
        coalesce(cascades.drawn_count, 0) as drawn_count
    from posts
    inner join users on posts.user_id = users.user_id
    left join cascades on posts.post_id = cascades.post_id
    where cascades.post_id is not null or posts.comment_count = 0
),

-- commenting under one's own note is not amplifying somebody
replies as (
    select
        'amplifier' as influence_role,
        user_id,
        user_number,
        post_id,
        comment_number as sort_number,
        concat_ws(' ', post_id, if(tree_parent_id is null, 'first level', 'reply'))
            as stratum,
        drawn_count
    from comments
    where user_id is not null and user_id is distinct from post_author_id
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
