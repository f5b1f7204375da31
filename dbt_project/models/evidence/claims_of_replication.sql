{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

replication as (
    select * from {{ ref("study_replication") }}
),

silhouettes as (
    select
        max(reproduced_number) filter (where figure_id = 'clusters_silhouette')
            as recipe_silhouette,
        -- counts without groups can be made in several ways, and none may do as well
        max(corrected_number) filter (
            where regexp_full_match(figure_id, 'audit_null_.*_p95')
        ) as null_silhouette,
        max(corrected_number) filter (
            where regexp_full_match(figure_id, 'audit_null_.*_share')
        ) as null_share,
        min(reproduced_number) filter (
            where regexp_full_match(figure_id, 'clusters_size_[0-9]')
        ) as smallest_size,
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

claims as (
    select
        'study_recipe_finds_groups' as claim_id,
        recipe_silhouette as estimate,
        null as interval_low,
        null as interval_high,
        null_silhouette as null_value,
        p_value,
        row_count as n,
        null_silhouette is not null as is_identifiable,
        p_value <= {{ var("claim_alpha") }}
        and smallest_size >= {{ var("study_min_group") }} as is_supported,
        case
            when smallest_size < {{ var("study_min_group") }}
                then json_object(
                    'code', 'recipe_group_of_few',
                    'posts', smallest_size,
                    'p', p_value,
                    'draws', draw_count
                )
            when p_value is not null
                then json_object(
                    'code', 'p_of_draws', 'p', p_value, 'draws', draw_count
                )
        end as reason_message,
        null as facts
    from tested
)

select * from claims
