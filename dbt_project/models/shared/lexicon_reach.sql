with

posts as (
    select * from {{ ref("int_posts__cleaned") }}
),

vocabulary as (
    select * from {{ ref("int_posts__vocabulary") }}
),

terms as (
    select
        category,
        applies_to,
        count(*) as term_count,
        count(*) filter (where real_crawls = 0) as unseen_term_count
    from {{ ref("lexicon") }}
    group by category, applies_to
),

matched_posts as (
    select
        category,
        applies_to,
        count(*) as matched_post_count
    from vocabulary
    group by category, applies_to
),

matched_terms as (
    select
        category,
        applies_to,
        unnest(terms) as term
    from vocabulary
),

found_terms as (
    select
        category,
        applies_to,
        count(distinct term) as matched_term_count
    from matched_terms
    group by category, applies_to
),

counted as (
    select
        -- strings
        terms.category,
        terms.applies_to,

        -- numerics
        terms.term_count,
        terms.unseen_term_count,
        coalesce(found_terms.matched_term_count, 0) as matched_term_count,
        (select count(*) from posts) as post_count,
        coalesce(matched_posts.matched_post_count, 0) as matched_post_count
    from terms
    left join matched_posts
        on
            terms.category = matched_posts.category
            and terms.applies_to = matched_posts.applies_to
    left join found_terms
        on
            terms.category = found_terms.category
            and terms.applies_to = found_terms.applies_to
),

reach as (
    select
        *,
        matched_post_count / nullif(post_count, 0) as matched_post_share
    from counted
)

select * from reach
