with

weights as (
    select * from {{ ref("post_topics") }}
),

topics as (
    select * from {{ ref("topics") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

user_groups as (
    select * from {{ ref("adaptation_groups") }}
),

scopes as (
    select
        post_id,
        user_id,
        'all' as scope,
        'all' as scope_key
    from posts
    union all
    select
        post_id,
        user_id,
        'month' as scope,
        strftime(post_month, '%Y-%m') as scope_key
    from posts
    union all
    select
        posts.post_id,
        posts.user_id,
        'group' as scope,
        user_groups.group_name as scope_key
    from posts
    inner join user_groups on posts.user_id = user_groups.user_id
),

scope_sizes as (
    select
        scope,
        scope_key,
        count(*) as post_count,
        count(distinct user_id) as author_count
    from scopes
    group by scope, scope_key
),

-- every topic in every scope, also where no post has it
cells as (
    select
        scope_sizes.scope,
        scope_sizes.scope_key,
        scope_sizes.post_count,
        scope_sizes.author_count,
        topics.topic_id,
        topics.topic_label
    from scope_sizes
    cross join topics
),

by_author as (
    select
        scopes.scope,
        scopes.scope_key,
        scopes.user_id,
        weights.topic_id,
        sum(weights.weight) as author_weight,
        count(*) filter (where weights.is_main_topic) as main_post_count
    from scopes
    inner join weights on scopes.post_id = weights.post_id
    group by scopes.scope, scopes.scope_key, scopes.user_id, weights.topic_id
),

author_posts as (
    select
        scope,
        scope_key,
        user_id,
        count(*) as author_post_count
    from scopes
    group by scope, scope_key, user_id
),

-- authors who never touch the topic count with weight 0
residuals as (
    select
        cells.scope,
        cells.scope_key,
        cells.topic_id,
        author_posts.user_id,
        author_posts.author_post_count,
        coalesce(by_author.author_weight, 0) as author_weight,
        coalesce(by_author.main_post_count, 0) as main_post_count
    from cells
    inner join author_posts
        on
            cells.scope = author_posts.scope
            and cells.scope_key = author_posts.scope_key
    left join by_author
        on
            cells.scope = by_author.scope
            and cells.scope_key = by_author.scope_key
            and cells.topic_id = by_author.topic_id
            and author_posts.user_id = by_author.user_id
),

shares as (
    select
        *,
        sum(author_weight) over (partition by scope, scope_key, topic_id)
        / sum(author_post_count) over (partition by scope, scope_key, topic_id)
            as prevalence_share,
        sum(main_post_count) over (partition by scope, scope_key, topic_id)
        / sum(author_post_count) over (partition by scope, scope_key, topic_id)
            as main_share
    from residuals
),

summed as (
    select
        scope,
        scope_key,
        topic_id,
        any_value(prevalence_share) as prevalence_share,
        sum(main_post_count)::bigint as main_post_count,
        sqrt(
            sum(power(author_weight - prevalence_share * author_post_count, 2))
            * count(*) / nullif(count(*) - 1, 0)
        )
        / sum(author_post_count) as standard_error,
        any_value(main_share) as main_share,
        sqrt(
            sum(power(main_post_count - main_share * author_post_count, 2))
            * count(*) / nullif(count(*) - 1, 0)
        )
        / sum(author_post_count) as main_standard_error
    from shares
    group by scope, scope_key, topic_id
),

-- the posts that would give this standard error if each were a draw of its own: few
-- where an author's posts are alike; one per author where all posts are alike
effective as (
    select
        cells.*,
        summed.prevalence_share,
        summed.standard_error,
        summed.main_post_count,
        summed.main_share,
        case
            when cells.author_count < 2 then 0
            when summed.main_standard_error > 0
                then
                    least(
                        summed.main_share * (1 - summed.main_share)
                        / power(summed.main_standard_error, 2),
                        cells.post_count
                    )
            else cells.author_count
        end as effective_count
    from cells
    inner join summed
        on
            cells.scope = summed.scope
            and cells.scope_key = summed.scope_key
            and cells.topic_id = summed.topic_id
),

bounded as (
    select
        scope,
        scope_key,
        topic_id,
        topic_label,
        post_count,
        author_count,
        main_post_count,
        main_share,
        {{ wilson_bound("main_share * effective_count", "effective_count", "low") }}
            as main_low,
        {{ wilson_bound("main_share * effective_count", "effective_count", "high") }}
            as main_high,
        prevalence_share,
        if(
            author_count > 1,
            greatest(prevalence_share - 1.96 * standard_error, 0),
            null
        ) as prevalence_low,
        if(
            author_count > 1,
            least(prevalence_share + 1.96 * standard_error, 1),
            null
        ) as prevalence_high
    from effective
)

select * from bounded
