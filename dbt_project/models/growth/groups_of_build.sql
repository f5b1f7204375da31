{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

adaptation_groups as (
    select * from {{ ref("adaptation_groups") }}
),

post_topics as (
    select * from {{ ref("post_topics") }}
),

user_communities as (
    select * from {{ ref("user_communities") }}
),

members as (
    select
        'adaptation_group' as group_kind,
        group_name as group_id,
        user_id as member_id
    from adaptation_groups
    where group_name <> 'unclassified'
    union all
    select
        'topic' as group_kind,
        topic_id::varchar as group_id,
        post_id as member_id
    from post_topics
    where is_main_topic and topic_id > 0
    union all
    select
        tie_kind || '_community' as group_kind,
        community_id as group_id,
        user_id as member_id
    from user_communities
)

select * from members
