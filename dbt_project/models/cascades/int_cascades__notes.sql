with

comments as (
    select * from {{ ref("int_cascades__reply_tree") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

ordered as (
    select
        *,
        row_number() over (partition by post_id order by comment_number)
            as arrival_rank,
        count(*) over (partition by post_id) as arrival_count
    from comments
),

levels as (
    select
        post_id,
        tree_depth,
        count(*) as level_size
    from comments
    group by post_id, tree_depth
),

breadths as (
    select
        post_id,
        max(level_size) as breadth
    from levels
    group by post_id
),

sizes as (
    select
        post_id,
        any_value(post_author_id) as post_author_id,
        min(comment_number) as first_comment_number,
        count(*) as comment_count,
        count(*) filter (where tree_parent_id is null and not is_orphan)
            as first_level_count,
        count(*) filter (where tree_parent_id is not null or is_orphan) as reply_count,
        count(*) filter (where is_orphan) as orphan_count,
        count(*) filter (where user_id is distinct from post_author_id) as drawn_count,
        count(distinct user_id) as people_count,
        count(*) filter (where reply_count > 0) + 1 as branching_count,
        max(tree_depth) as depth,
        -- every edge lies on s * (nodes - s) of the paths between two nodes
        sum(
            subtree_size::double * (arrival_count + 1 - subtree_size)
        ) as path_length_sum,
        min(created_at) as first_comment_at,
        max(created_at) as last_comment_at,
        max(captured_at) as captured_at,
        min(created_at) filter (where arrival_rank * 2 >= arrival_count)
            as half_size_at,
        median(reply_lag_hours) as median_reply_lag_hours
    from ordered
    group by post_id
),

cascades as (
    select
        sizes.post_id,
        posts.post_number,
        sizes.post_author_id,
        users.user_number as post_author_number,
        posts.source_file as post_source_file,
        sizes.comment_count,
        sizes.first_level_count,
        sizes.reply_count,
        sizes.orphan_count,
        sizes.drawn_count,
        sizes.people_count,
        posts.comment_count as declared_comment_count,
        sizes.depth,
        breadths.breadth,
        sizes.median_reply_lag_hours,
        posts.is_comment_count_censored,
        sizes.first_comment_at,
        sizes.half_size_at,
        sizes.last_comment_at,
        sizes.captured_at,
        row_number() over (order by sizes.first_comment_number) as cascade_number,
        2 * sizes.path_length_sum / (sizes.comment_count * (sizes.comment_count + 1))
            as structural_virality,
        sizes.comment_count / sizes.branching_count as branching_factor,
        least(posts.created_at, sizes.first_comment_at) as started_at
    from sizes
    inner join breadths on sizes.post_id = breadths.post_id
    left join posts on sizes.post_id = posts.post_id
    left join users on sizes.post_author_id = users.user_id
)

select * from cascades
