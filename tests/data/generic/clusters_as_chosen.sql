{# Disagreement between the clusters users are in and the choice that made them: another
   number of clusters, clusters that are not numbered by size, a claim without clusters
   or clusters without a claim. #}
{% test clusters_as_chosen(model, selection) %}
    with

    sizes as (
        select
            method,
            cluster_id,
            count(*) as user_count
        from {{ model }}
        group by
            method,
            cluster_id
    ),

    found as (
        select
            method,
            count(cluster_id) as cluster_count,
            bool_or(cluster_id is null) as has_missing,
            max(cluster_id) + 1 as numbered_count,
            coalesce(
                list(user_count order by cluster_id) filter (where cluster_id is not null)
                = list(user_count order by user_count desc)
                    filter (where cluster_id is not null),
                true
            ) as is_sorted
        from sizes
        group by method
    ),

    chosen as (
        select
            method,
            max(cluster_count) filter (where claims_structure) as cluster_count
        from {{ selection }}
        group by method
    )

    select found.*
    from found
    left join chosen on found.method = chosen.method
    where
        found.cluster_count <> coalesce(chosen.cluster_count, 0)
        or coalesce(found.numbered_count, 0) <> coalesce(chosen.cluster_count, 0)
        or found.has_missing = (chosen.cluster_count is not null)
        or not found.is_sorted
{% endtest %}
