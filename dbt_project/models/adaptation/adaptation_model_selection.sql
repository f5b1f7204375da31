with

selection as (
    select * from {{ ref("adaptation_cluster_selection") }}
),

marked as (
    select
        method,
        cluster_count,
        user_count,
        silhouette_score,
        null_silhouette_mean,
        null_silhouette_p95,
        silhouette_z_score,
        gap_score,
        gap_standard_error,
        bootstrap_ari_mean,
        bootstrap_ari_p05,
        jaccard_min,
        null_p_value,
        is_chosen,
        claims_structure,
        reason,
        is_chosen and method = '{{ var("adaptation_method") }}' as is_shown
    from selection
)

select * from marked
