with

assignments as (
    select * from {{ ref("adaptation_cluster_assignments") }}
),

features as (
    select * from {{ ref("int_users__features") }}
),

groups as (
    select
        -- ids
        assignments.user_id,
        assignments.cluster_id,

        -- verdict
        assignments.group_name,
        assignments.unclassified_reason,
        assignments.method,

        -- position
        assignments.cultural_adapter_score,
        assignments.imitator_score,
        assignments.social_explorer_score,

        -- evidence
        assignments.name_margin_score,
        assignments.margin_score,
        assignments.assignment_stability_share,
        features.post_count
    from assignments
    inner join features on assignments.user_id = features.user_id
)

select * from groups
