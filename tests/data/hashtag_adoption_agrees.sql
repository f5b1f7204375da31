-- Observed adoptions by number of exposures: the package's count against the adopters
-- listed in SQL.
with

adopters as (
    select
        least(recent_exposure_count, {{ var("adoption_max_exposures") }})
            as exposure_count,
        count(*) as adopter_count
    from {{ ref("hashtag_adopters") }}
    group by 1
),

draws as (
    select * from {{ ref("hashtag_adoption_draws") }}
    where draw = 0
)

select
    draws.exposure_count,
    draws.adoption_count,
    adopters.adopter_count
from draws
full join adopters on draws.exposure_count = adopters.exposure_count
where coalesce(draws.adoption_count, 0) <> coalesce(adopters.adopter_count, 0)
