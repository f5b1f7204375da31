with

rows_read as (
    select * from {{ ref("crawl_rows") }}
),

posts as (
    select * from {{ ref("fct_posts") }}
),

comments as (
    select * from {{ ref("fct_comments") }}
),

users as (
    select * from {{ ref("dim_users") }}
),

groups as (
    select * from {{ ref("adaptation_groups") }}
),

selection as (
    select * from {{ ref("adaptation_model_selection") }}
),

topics as (
    select * from {{ ref("topics") }}
),

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

communities as (
    select * from {{ ref("communities") }}
),

gates as (
    select * from {{ ref("retention_identifiability") }}
),

findings as (
    select * from {{ ref("findings") }}
),

about_rows as (
    select
        coalesce(sum(raw_count), 0)::bigint as raw_count,
        coalesce(sum(rejected_count), 0)::bigint as rejected_count,
        coalesce(sum(superseded_count), 0)::bigint as superseded_count,
        coalesce(bool_or(is_synthetic), false) as is_synthetic
    from rows_read
),

about_posts as (
    select
        count(*) as post_count,
        min(post_date)::varchar as first_date,
        max(post_date)::varchar as last_date
    from posts
),

about_comments as (
    select count(*) as comment_count from comments
),

about_people as (
    select
        count(*) as user_count,
        count(*) filter (where post_count > 0) as author_count,
        avg(is_newcomer::integer) filter (where post_count > 0) as newcomer_share
    from users
),

structure as (
    select coalesce(bool_or(claims_structure), false) as claims_structure
    from selection
    where is_shown
),

group_sizes as (
    select
        group_name,
        count(*) as user_count
    from groups
    where (select structure.claims_structure from structure)
    group by group_name
),

topic_total as (
    select count(*) as topic_count from topics
    where topic_id > 0
),

anomaly_sizes as (
    select
        anomaly_type,
        count(*) as user_count
    from anomalies
    where anomaly_type <> 'none'
    group by anomaly_type
),

communities_by_tie as (
    select
        tie_kind,
        count(*) as community_count,
        count(*) filter (where is_established) as established_count
    from communities
    group by tie_kind
),

-- the first of the outcomes; the table has them all
ranked_gates as (
    select
        *,
        row_number() over (order by is_identifiable desc, outcome asc) as gate_rank
    from gates
    where grouping = 'all'
),

first_gate as (
    select
        max(outcome) as outcome,
        bool_or(is_identifiable) as is_identifiable,
        max(reason_message) as reason_message
    from ranked_gates
    where gate_rank = 1
),

verdicts as (
    select
        verdict,
        count(*) as finding_count
    from findings
    group by verdict
),

lines as (
    select
        1 as line_number,
        'posts' as subject,
        json_object(
            'code', 'summary_posts',
            'posts', json_object(
                'code', if(about_posts.post_count = 1, 'one_post', 'posts_counted'),
                'count', about_posts.post_count
            ),
            'comments', json_object(
                'code', if(
                    about_comments.comment_count = 1, 'one_comment', 'comments_counted'
                ),
                'count', about_comments.comment_count
            ),
            'dates', if(
                about_posts.first_date is null,
                null,
                json_object(
                    'code', 'summary_dates',
                    'first', about_posts.first_date,
                    'last', about_posts.last_date,
                    'zone', '{{ var("platform_zone") }}'
                )
            ),
            'synthetic', if(
                about_rows.is_synthetic, json_object('code', 'summary_synthetic'), null
            )
        ) as message
    from about_posts
    cross join about_comments
    cross join about_rows
    union all
    select
        2 as line_number,
        'people' as subject,
        json_object(
            'code', 'summary_people',
            'people', user_count,
            'authors', author_count,
            'newcomers', if(
                newcomer_share is null,
                null,
                json_object('code', 'summary_newcomers', 'share', 100 * newcomer_share)
            )
        ) as message
    from about_people
    union all
    select
        3 as line_number,
        'rejected' as subject,
        json_object(
            'code', 'summary_rejected',
            'rejected', rejected_count,
            'raw', raw_count,
            'older', superseded_count
        ) as message
    from about_rows
    union all
    select
        4 as line_number,
        'groups' as subject,
        to_json(list(
            json_object(
                'code', 'summary_size', 'name', group_name, 'count', user_count
            )
            order by user_count desc, group_name asc
        )) as message
    from group_sizes
    union all
    select
        5 as line_number,
        'topics' as subject,
        if(
            topic_total.topic_count = 0,
            null,
            json_object(
                'code', 'summary_topics',
                'count', topic_total.topic_count,
                'verdict', json_object('code', 'verdict.' || findings.verdict)
            )
        ) as message
    from topic_total
    inner join findings on findings.finding_id = 'topics_exist'
    union all
    select
        6 as line_number,
        'anomalies' as subject,
        to_json(list(
            json_object(
                'code', 'summary_size', 'name', anomaly_type, 'count', user_count
            )
            order by user_count desc, anomaly_type asc
        )) as message
    from anomaly_sizes
    union all
    select
        7 as line_number,
        'communities' as subject,
        to_json(list(
            json_object(
                'code', 'summary_communities_' || tie_kind,
                'established', established_count,
                'all', community_count
            )
            order by tie_kind
        )) as message
    from communities_by_tie
    union all
    select
        8 as line_number,
        'retention' as subject,
        if(
            outcome is null,
            null,
            json_object(
                'code', if(is_identifiable, 'summary_identifiable', 'summary_refused'),
                'outcome', json_object('code', 'outcome_' || outcome),
                'reason', reason_message::json
            )
        ) as message
    from first_gate
    union all
    select
        9 as line_number,
        'findings' as subject,
        to_json(list(
            json_object(
                'code', 'summary_verdict',
                'count', finding_count,
                'verdict', json_object('code', 'verdict.' || verdict)
            )
            order by finding_count desc, verdict asc
        )) as message
    from verdicts
    union all
    select
        10 as line_number,
        'report' as subject,
        json_object('code', 'summary_report') as message
),

-- a list of nothing is nothing
written as (
    select
        line_number,
        subject,
        coalesce(
            nullif(message::varchar, '[]'),
            json_object('code', 'summary_none')::varchar
        ) as message
    from lines
),

build_summary as (
    select
        line_number::integer as line_number,
        subject,
        say(message, 'en') as sentence,
        say(message, 'zh') as sentence_zh
    from written
)

select * from build_summary
