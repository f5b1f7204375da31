with

profiles as (
    select * from {{ ref("adaptation_cluster_profiles") }}
),

archetypes as (
    select * from {{ ref("adaptation_archetypes") }}
),

clustered as (
    select distinct feature
    from archetypes
),

described as (
    select
        profiles.group_name,
        profiles.feature,
        profiles.user_count,
        profiles.mean_value,
        profiles.mean_low,
        profiles.mean_high,
        profiles.contrast_value,
        profiles.contrast_low,
        profiles.contrast_high,
        profiles.contrast_score,
        clustered.feature is not null as is_clustering_feature,
        coalesce(profiles.contrast_low > 0 or profiles.contrast_high < 0, false)
            as is_distinctive
    from profiles
    left join clustered on profiles.feature = clustered.feature
)

select * from described
