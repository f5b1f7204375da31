{%- set subjects = [
    "posts",
    "people",
    "rejected",
    "groups",
    "topics",
    "anomalies",
    "communities",
    "retention",
    "findings",
] -%}
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

comments_counted as (
    select count(*) as comment_count from comments
),

synthetic as (
    select coalesce(bool_or(is_synthetic), false) as is_synthetic from rows_read
),

posts_told as (
    select
        format(
            '{:,} post{} and {:,} comment{}{}{}',
            count(posts.post_id),
            case when count(posts.post_id) = 1 then '' else 's' end,
            any_value(comments_counted.comment_count),
            case
                when any_value(comments_counted.comment_count) = 1 then '' else 's'
            end,
            coalesce(
                ', ' || min(posts.post_date) || ' to ' || max(posts.post_date)
                || ' in {{ var("platform_zone") }}',
                ''
            ),
            case
                when
                    any_value(synthetic.is_synthetic)
                    then '; synthetic, nobody''s words'
                else ''
            end
        ) as sentence
    from comments_counted
    cross join synthetic
    left join posts on true
),

people_told as (
    select
        format(
            '{:,}, {:,} of them authors{}',
            count(*),
            count(*) filter (where post_count > 0),
            coalesce(
                format(
                    '; {:.1f} % of the authors with a known registration are newcomers',
                    100 * avg(is_newcomer::integer) filter (where post_count > 0)
                ),
                ''
            )
        ) as sentence
    from users
),

rejected_told as (
    select
        format(
            '{:,} of {:,} raw rows, each with its reason; {:,} older copies',
            coalesce(sum(rejected_count), 0)::bigint,
            coalesce(sum(raw_count), 0)::bigint,
            coalesce(sum(superseded_count), 0)::bigint
        ) as sentence
    from rows_read
),

group_sizes as (
    select
        group_name,
        count(*) as user_count
    from groups
    group by group_name
),

structure as (
    select coalesce(bool_or(claims_structure), false) as claims_structure
    from selection
    where is_shown
),

groups_told as (
    select
        case
            when any_value(structure.claims_structure) then string_agg(
                format('{} {:,}', group_sizes.group_name, group_sizes.user_count),
                ', ' order by group_sizes.user_count desc, group_sizes.group_name asc
            )
        end as sentence
    from structure
    left join group_sizes on true
),

topics_told as (
    select format('{:,} ({})', count(*), any_value(findings.verdict)) as sentence
    from topics
    inner join findings on findings.finding_id = 'topics_exist'
    where topics.topic_id > 0
    having count(*) > 0
),

anomaly_sizes as (
    select
        anomaly_type,
        count(*) as user_count
    from anomalies
    where anomaly_type <> 'none'
    group by anomaly_type
),

anomalies_told as (
    select
        string_agg(
            format('{} {:,}', anomaly_type, user_count),
            ', ' order by user_count desc, anomaly_type asc
        ) as sentence
    from anomaly_sizes
),

communities_by_tie as (
    select
        tie_kind,
        count(*) as community_count,
        count(*) filter (where is_established) as established_count
    from communities
    group by tie_kind
),

communities_told as (
    select
        string_agg(
            format(
                '{:,} of {:,} established by {}',
                established_count,
                community_count,
                case tie_kind when 'reply' then 'replies' else 'shared hashtags' end
            ),
            '; ' order by tie_kind
        ) as sentence
    from communities_by_tie
),

-- the first of its reasons; the table has them all
retention_told as (
    select
        case
            when is_identifiable
                then 'identifiable for ' || replace(outcome, '_', ' ')
            else
                'not identifiable on this crawl: '
                || string_split(replace(reason, 'not identifiable: ', ''), ';')[1]
        end as sentence
    from gates
    where grouping = 'all'
    qualify row_number() over (order by is_identifiable desc, outcome asc) = 1
),

verdicts as (
    select
        verdict,
        count(*) as finding_count
    from findings
    group by verdict
),

findings_told as (
    select
        string_agg(
            format('{:,} {}', finding_count, verdict),
            ', ' order by finding_count desc, verdict asc
        ) as sentence
    from verdicts
),

told as (
    {% for subject in subjects -%}
        select
            {{ loop.index }} as line_number,
            '{{ subject }}' as subject,
            (select {{ subject }}_told.sentence from {{ subject }}_told) as sentence
        union all
    {% endfor -%}
    select
        {{ subjects | length + 1 }} as line_number,
        'report' as subject,
        '`make report` writes it from these tables: report.html' as sentence
),

build_summary as (
    select
        line_number::integer as line_number,
        subject,
        coalesce(sentence, 'none established on this crawl') as sentence
    from told
)

select * from build_summary
