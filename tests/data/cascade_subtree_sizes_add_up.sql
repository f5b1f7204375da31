-- A comment's subtree is itself and the subtrees of its replies, and the subtrees of a
-- note's first-level comments are all of its comments.
with

comments as (
    select * from {{ ref("int_cascades__reply_tree") }}
),

below as (
    select
        tree_parent_id as comment_id,
        sum(subtree_size) as size_below
    from comments
    where tree_parent_id is not null
    group by tree_parent_id
),

totals as (
    select
        post_id,
        count(*) as comment_count,
        sum(subtree_size) filter (where tree_parent_id is null) as size_sum
    from comments
    group by post_id
),

broken_comments as (
    select
        comments.comment_id as broken_id,
        comments.subtree_size as found,
        1 + coalesce(below.size_below, 0) as expected
    from comments
    left join below on comments.comment_id = below.comment_id
    where comments.subtree_size <> 1 + coalesce(below.size_below, 0)
),

broken_notes as (
    select
        post_id as broken_id,
        size_sum as found,
        comment_count as expected
    from totals
    where coalesce(size_sum <> comment_count, true)
)

select * from broken_comments
union all
select * from broken_notes
