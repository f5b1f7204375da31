with

weights as (
    select * from {{ ref("topic_post_weights") }}
),

topics as (
    select * from {{ ref("topics") }}
),

ranked as (
    select
        weights.post_id,
        topics.topic_id,
        topics.topic_label,
        weights.weight,
        row_number() over (
            partition by weights.post_id
            order by weights.weight desc, topics.topic_id asc
        ) = 1 as is_main_topic
    from weights
    inner join topics on weights.topic_number = topics.topic_id
)

select * from ranked
