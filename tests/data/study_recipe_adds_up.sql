-- What the recipe's figures must satisfy whatever the crawl, re-derived from the table:
-- every readable row is in one cluster and one topic; no sum of squares is left over.
with

figures as (
    select
        max(figure_value) filter (figure_id = 'data_rows')
        - max(figure_value) filter (figure_id = 'data_rows_unreadable') as row_count,
        sum(figure_value) filter (figure_id similar to 'clusters_size_[0-9]')
            as clustered_count,
        sum(figure_value) filter (figure_id similar to 'nmf_posts_[0-9]')
            as topic_count,
        max(figure_value) filter (figure_id = 'clusters_inertia') as inertia,
        max(figure_value) filter (figure_id = 'clusters_total_ss') as total_ss,
        sum(figure_value) filter (figure_id similar to 'pca_explained_[0-9]')
            as explained_share
    from {{ ref("study_recipe") }}
)

select *
from figures
where
    row_count is null
    or clustered_count != row_count
    or topic_count != row_count
    or inertia > total_ss
    or abs(explained_share - 1) > 0.000001
