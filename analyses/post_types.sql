-- Do videos draw more than images? The interval is that of the median.
select
    post_type,
    post_count,
    engagement_median,
    engagement_median_low,
    engagement_median_high
from engagement_by_post_type
order by post_count desc
