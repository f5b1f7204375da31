with

words as (
    select * from {{ ref("int_words__weighted") }}
),

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

main_topics as (
    select * from {{ ref("post_topics") }}
    where is_main_topic and topic_id > 0
),

user_groups as (
    select * from {{ ref("adaptation_groups") }}
),

scopes as (
    select
        post_id,
        'all' as scope,
        'all' as scope_key
    from posts
    union all
    select
        post_id,
        'month' as scope,
        strftime(post_month, '%Y-%m') as scope_key
    from posts
    union all
    select
        post_id,
        'topic' as scope,
        topic_id::varchar as scope_key
    from main_topics
    union all
    select
        posts.post_id,
        'group' as scope,
        user_groups.group_name as scope_key
    from posts
    inner join user_groups on posts.user_id = user_groups.user_id
),

scoped_words as (
    select
        scopes.scope,
        scopes.scope_key,
        words.post_id,
        words.word,
        words.script,
        words.tfidf_weight,
        words.is_search_term
    from scopes
    inner join words on scopes.post_id = words.post_id
),

scope_sizes as (
    select
        scope,
        scope_key,
        count(distinct post_id) as post_count
    from scoped_words
    group by scope, scope_key
),

summed as (
    select
        scope,
        scope_key,
        word,
        script,
        is_search_term,
        -- in one order, so that the last digits are the same in every build
        list_sum(list(tfidf_weight order by tfidf_weight)) as total_weight,
        count(*) as document_count
    from scoped_words
    group by scope, scope_key, word, script, is_search_term
),

ranked as (
    select
        summed.scope,
        summed.scope_key,
        summed.word as keyword,
        summed.script,
        summed.is_search_term,
        summed.document_count,
        summed.total_weight / scope_sizes.post_count as tfidf_weight,
        summed.document_count / scope_sizes.post_count as document_share,
        (row_number() over (
            partition by summed.scope, summed.scope_key
            order by summed.total_weight desc, summed.word asc, summed.script asc
        ))::integer as keyword_rank
    from summed
    inner join scope_sizes
        on
            summed.scope = scope_sizes.scope
            and summed.scope_key = scope_sizes.scope_key
),

kept as (
    select * from ranked
    where keyword_rank <= {{ var("keyword_limit") }}
)

select * from kept
