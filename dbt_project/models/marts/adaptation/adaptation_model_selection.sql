with

selection as (
    select * from {{ ref("adaptation_cluster_selection") }}
),

marked as (
    select
        *,
        is_chosen and method = '{{ var("adaptation_method") }}' as is_shown
    from selection
)

select * from marked
