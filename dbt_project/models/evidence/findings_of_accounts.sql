{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

anomalies as (
    select * from {{ ref("user_anomalies") }}
),

replication as (
    select * from {{ ref("study_replication") }}
),

authors as (
    select
        count(*) as user_count,
        count(*) filter (where is_bot_like) as bot_like_count,
        count(*) filter (where is_silent) as silent_count
    from anomalies
    where post_count > 0
),

silhouettes as (
    select
        max(reproduced_number) filter (where figure_id = 'clusters_silhouette')
            as recipe_silhouette,
        max(corrected_number) filter (where figure_id = 'audit_null_lognormal_p95')
            as null_silhouette,
        max(corrected_number) filter (where figure_id = 'audit_null_lognormal_share')
            as null_share,
        max(corrected_number) filter (where figure_id = 'audit_null_draws')
            as draw_count,
        max(reproduced_number) filter (where figure_id = 'data_rows') as row_count
    from replication
),

-- the recipe's own crawl counts among the draws
tested as (
    select
        *,
        (1 + round(null_share * draw_count)) / (1 + draw_count) as p_value
    from silhouettes
),

united as (
    select
        {{ finding(
            "'bots_are_revealed'",
            area="anomalies",
            claimed_by="study",
            claim="'At least one author in a hundred shows two or more independent signs of automation.'",
            metric="'share of authors that are bot-like'",
            estimate="bot_like_count / nullif(user_count, 0)",
            low=exact_bound("bot_like_count", "user_count", "low"),
            high=exact_bound("bot_like_count", "user_count", "high"),
            null_value="0.01",
            null_model="one author in a hundred",
            n="user_count",
            source_table="user_anomalies"
        ) }}
    from authors
    union all
    select
        {{ finding(
            "'silent_users'",
            area="anomalies",
            claimed_by="study",
            claim="'At least one author in a hundred has only posts without any reaction.'",
            metric="'share of authors that are silent'",
            estimate="silent_count / nullif(user_count, 0)",
            low=exact_bound("silent_count", "user_count", "low"),
            high=exact_bound("silent_count", "user_count", "high"),
            null_value="0.01",
            null_model="one author in a hundred",
            n="user_count",
            source_table="user_anomalies"
        ) }}
    from authors
    union all
    select
        {{ finding(
            "'study_recipe_finds_groups'",
            area="replication",
            claimed_by="study",
            claim="'K-means on raw counts, the recipe of the study, has a higher silhouette than counts without groups give.'",
            metric="'silhouette of the recipe of the study'",
            estimate="recipe_silhouette",
            null_value="null_silhouette",
            null_model="95th percentile of the same recipe on correlated log-normal counts without groups",
            n="row_count",
            source_table="study_replication",
            is_identifiable="null_silhouette is not null",
            is_supported="p_value <= 0.05",
            reason="format('p = {:.3f} of {:.0f} draws', p_value, draw_count)"
        ) }}
    from tested
)

select * from united
