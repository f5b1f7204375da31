-- The ten posts with the most likes, and what share of all likes they hold.
select
    post_date,
    post_type,
    like_count,
    is_like_count_censored,
    round(like_count / sum(like_count) over (), 3) as like_share,
    substr(coalesce(title, body), 1, 40) as opening
from fct_posts
order by like_count desc nulls last
limit 10
