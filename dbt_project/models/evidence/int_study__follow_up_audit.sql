{%- set figures = [
    ("follow_up_accuracy", "lost_share", "null", "null", "null"),
    ("follow_up_auc", "null", "null", "null", "auc_interval"),
] -%}
with

published as (
    select * from {{ ref("study_published_figures") }}
),

published_counts as (
    select
        max(published_number) filter (figure_id = 'follow_up_users')
            as user_count,
        max(published_number) filter (figure_id = 'follow_up_retained')
            as retained_count,
        max(published_number) filter (figure_id = 'follow_up_auc') as auc
    from published
),

errors as (
    select
        *,
        -- Hanley and McNeil 1982, Radiology 143: the standard error of an AUC
        sqrt((
            auc * (1 - auc)
            + (retained_count - 1) * (auc / (2 - auc) - auc * auc)
            + (user_count - retained_count - 1)
            * (2 * auc * auc / (1 + auc) - auc * auc)
        ) / (retained_count * (user_count - retained_count))) as auc_error
    from published_counts
),

facts as (
    select
        1 - retained_count / user_count as lost_share,
        printf('%.3f to %.3f', auc - 1.96 * auc_error, auc + 1.96 * auc_error)
            as auc_interval
    from errors
),

audited as (
    {{ audit_figures("facts", figures) }}
)

select * from audited
