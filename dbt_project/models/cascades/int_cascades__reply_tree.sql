with recursive

comments as (
    select * from {{ ref("int_comments__threaded") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

-- a reply hangs under its parent; one whose parent is unknown, under another note or in
-- a circle (no depth) hangs under the note itself
linked as (
    select
        comments.comment_id,
        comments.comment_number,
        comments.post_id,
        comments.post_author_id,
        comments.user_id,
        users.user_number,
        parents.comment_id as tree_parent_id,
        parents.comment_number as tree_parent_number,
        parents.user_id as tree_parent_user_id,
        parents.created_at as tree_parent_at,
        comments.created_at,
        comments.captured_at,
        comments.source_file,
        comments.parent_comment_id is not null and parents.comment_id is null
            as is_orphan
    from comments
    left join users on comments.user_id = users.user_id
    left join comments as parents
        on
            comments.parent_comment_id = parents.comment_id
            and comments.post_id = parents.post_id
            and comments.depth > parents.depth
),

lineage as (
    select
        comment_id,
        comment_id as ancestor_id,
        tree_parent_id as next_ancestor_id,
        0 as distance
    from linked
    union all
    select
        lineage.comment_id,
        linked.comment_id as ancestor_id,
        linked.tree_parent_id as next_ancestor_id,
        lineage.distance + 1 as distance
    from lineage
    inner join linked on lineage.next_ancestor_id = linked.comment_id
),

depths as (
    select
        comment_id,
        max(distance) + 1 as tree_depth
    from lineage
    group by comment_id
),

subtrees as (
    select
        ancestor_id as comment_id,
        count(*) as subtree_size
    from lineage
    group by ancestor_id
),

replies as (
    select
        tree_parent_id as comment_id,
        count(*) as reply_count,
        count(*) filter (where user_id is distinct from tree_parent_user_id)
            as drawn_count,
        min(created_at) filter (where user_id is distinct from tree_parent_user_id)
            as first_drawn_at
    from linked
    where tree_parent_id is not null
    group by tree_parent_id
),

reply_tree as (
    select
        linked.comment_id,
        linked.comment_number,
        linked.post_id,
        linked.post_author_id,
        linked.user_id,
        linked.user_number,
        linked.tree_parent_id,
        linked.tree_parent_number,
        linked.source_file,
        linked.is_orphan,
        linked.created_at,
        linked.captured_at,
        subtrees.subtree_size,
        replies.first_drawn_at,
        depths.tree_depth::integer as tree_depth,
        coalesce(replies.reply_count, 0) as reply_count,
        coalesce(replies.drawn_count, 0) as drawn_count,
        date_diff('second', linked.tree_parent_at, linked.created_at) / 3600.0::double
            as reply_lag_hours
    from linked
    inner join depths on linked.comment_id = depths.comment_id
    inner join subtrees on linked.comment_id = subtrees.comment_id
    left join replies on linked.comment_id = replies.comment_id
)

select * from reply_tree
