-- Accounts with enough independent signs of automation, which comparisons of people
-- leave out. `user_anomalies` says which signs they are.
with

signs as (
    select * from {{ ref("int_users__anomaly_signs") }}
),

rules as (
    select * from {{ ref("anomaly_rules") }}
)

select signs.user_id
from signs
inner join rules
    on
        signs.sign = rules.sign
        and signs.sign_value >= rules.at_least
group by signs.user_id
having count(distinct rules.family) >= {{ var("anomaly_independent_signs") }}
