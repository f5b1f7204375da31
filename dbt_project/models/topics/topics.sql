with

weights as (
    select * from {{ ref("topic_post_weights") }}
),

terms as (
    select * from {{ ref("topic_terms") }}
),

candidates as (
    select * from {{ ref("topic_model_selection") }}
),

topical as (
    select * from {{ ref("int_posts__topical") }}
),

posts as (
    select count(*) as post_count from topical
),

main_topics as (
    select
        post_id,
        arg_max(topic_number, (weight, -topic_number)) as topic_number,
        max(weight) as weight
    from weights
    group by post_id
),

-- the clearest post of each person, so that nobody stands for a topic alone
clearest as (
    select
        main_topics.topic_number,
        main_topics.post_id,
        main_topics.weight,
        topical.post_number
    from main_topics
    inner join topical on main_topics.post_id = topical.post_id
    where not topical.is_automated and main_topics.topic_number > 0
    qualify
        row_number() over (
            partition by main_topics.topic_number, topical.user_id
            order by main_topics.weight desc, topical.post_number asc
        ) = 1
),

examples as (
    select
        topic_number,
        list(post_id order by weight desc, post_number asc)[:2] as example_post_ids
    from clearest
    group by topic_number
),

-- topic 0 is listed also where every post has a topic, and where there is no post
numbers as (
    select 0 as topic_number
    union
    select topic_id as topic_number from terms
),

sizes as (
    select
        topic_number,
        sum(weight) as total_weight
    from weights
    group by topic_number
),

main_counts as (
    select
        topic_number,
        count(*) as main_post_count
    from main_topics
    group by topic_number
),

labels as (
    select
        topic_id,
        -- one letter names nothing: 免 · 证
        array_to_string(
            (
                list(word order by term_rank)
                filter (where length(word) >= if(script = 'han', 2, 3))
            )[:3],
            ' · '
        ) as topic_label,
        string_agg(word, ' ' order by term_rank) filter (where term_rank <= 10)
            as topic_words,
        any_value(npmi_score) as npmi_score,
        any_value(lift_score) as lift_score,
        any_value(stability_score) as stability_score
    from terms
    group by topic_id
),

described as (
    select
        -- ids
        numbers.topic_number::integer as topic_id,

        -- strings
        case
            when labels.topic_id is null then 'no topic'
            else coalesce(labels.topic_label, 'not named')
        end as topic_label,
        labels.topic_words,
        coalesce(examples.example_post_ids, []) as example_post_ids,

        -- numerics
        case
            when posts.post_count > 0
                then coalesce(sizes.total_weight, 0) / posts.post_count
            else 1
        end as prevalence_share,
        coalesce(main_counts.main_post_count, 0) as main_post_count,
        labels.npmi_score,
        labels.lift_score,
        labels.stability_score,
        labels.stability_score >= {{ var("topic_min_stability") }} as is_stable,
        candidates.method,
        candidates.lift_score as model_lift_score,
        candidates.lift_low as model_lift_low,
        candidates.lift_high as model_lift_high,
        candidates.p_value as model_p_value,
        posts.post_count
    from numbers
    cross join posts
    left join sizes on numbers.topic_number = sizes.topic_number
    left join main_counts on numbers.topic_number = main_counts.topic_number
    left join examples on numbers.topic_number = examples.topic_number
    left join labels on numbers.topic_number = labels.topic_id
    left join candidates on candidates.is_chosen and numbers.topic_number > 0
)

select * from described
