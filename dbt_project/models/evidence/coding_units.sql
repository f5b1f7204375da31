with

posts as (
    select * from {{ ref("fct_posts") }}
),

groups as (
    select * from {{ ref("adaptation_groups") }}
),

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

post_topics as (
    select * from {{ ref("post_topics") }}
),

post_texts as (
    select
        post_id,
        user_id,
        created_at,
        concat_ws(
            chr(10), title, body, '#' || nullif(array_to_string(hashtags, ' #'), '')
        ) as shown_text
    from posts
),

ordered as (
    select
        *,
        row_number() over (partition by user_id order by created_at, post_id) as place
    from post_texts
),

user_texts as (
    select
        user_id,
        string_agg(shown_text, chr(10) || '---' || chr(10) order by place) as shown_text
    from ordered
    where place <= {{ var("coding_posts_shown") }}
    group by user_id
),

-- who is nearest to an archetype, and among the nearest of all
leaning_users as (
    select
        user_id,
        archetype
    from {{ ref("archetype_examples") }}
    where is_nearest
),

archetype_labels as (
    select
        groups.user_id as unit_id,
        case
            when groups.group_name <> 'unclassified' then groups.group_name
            else coalesce(leaning_users.archetype, 'none')
        end as predicted_label
    from groups
    left join leaning_users on groups.user_id = leaning_users.user_id
),

automation_labels as (
    select
        user_id as unit_id,
        case
            when is_bot_like then 'automated'
            when anomaly_type = 'promotion' then 'promotion'
            else 'none'
        end as predicted_label
    from anomalies
),

topic_labels as (
    select
        post_id as unit_id,
        topic_label as predicted_label
    from post_topics
    where is_main_topic
),

labels as (
    select
        'archetype' as coding_task,
        unit_id,
        predicted_label
    from archetype_labels
    union all
    select
        'automation' as coding_task,
        unit_id,
        predicted_label
    from automation_labels
    union all
    select
        'topic' as coding_task,
        unit_id,
        predicted_label
    from topic_labels
),

texts as (
    select
        post_id as unit_id,
        shown_text
    from post_texts
    union all
    select
        user_id as unit_id,
        shown_text
    from user_texts
),

units as (
    select
        labels.coding_task,
        labels.unit_id,
        labels.predicted_label,
        texts.shown_text
    from labels
    inner join texts on labels.unit_id = texts.unit_id
    -- a text without a word tells a coder nothing
    where trim(texts.shown_text) <> ''
)

select * from units
