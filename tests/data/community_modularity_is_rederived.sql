-- The modularity that Python reports for the published communities, computed again from
-- the ties: the sum of the communities' contributions.
with

communities as (
    select
        tie_kind,
        sum(modularity_contribution) as rederived,
        sum(user_count) as user_count
    from {{ ref("communities") }}
    group by tie_kind
),

verdicts as (
    select * from {{ ref("community_verdicts") }}
)

select
    verdicts.tie_kind,
    verdicts.modularity,
    communities.rederived
from verdicts
left join communities on verdicts.tie_kind = communities.tie_kind
where
    verdicts.user_count <> coalesce(communities.user_count, 0)
    or abs(coalesce(verdicts.modularity, 0) - coalesce(communities.rederived, 0))
    > 0.00001
