-- How are likes, saves, comments and shares spread over posts?
select
    metric,
    zero_share,
    median,
    p95,
    maximum,
    skewness,
    log_skewness,
    gini
from engagement_distribution
order by metric
