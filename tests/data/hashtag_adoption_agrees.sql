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

counted as (
    select * from {{ ref("hashtag_adoption_null") }}
    where subject = 'exposures'
)

select
    counted.exposure_count,
    counted.adoption_count,
    adopters.adopter_count
from counted
full join adopters on counted.exposure_count = adopters.exposure_count
where coalesce(counted.adoption_count, 0) <> coalesce(adopters.adopter_count, 0)
