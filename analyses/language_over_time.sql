-- In which language do people write, week by week?
select
    date_trunc('week', post_date)::date as week_start,
    count(*) as post_count,
    round(avg((language = 'en')::integer), 2) as english_share,
    round(avg((language = 'mixed')::integer), 2) as mixed_share,
    round(avg((language = 'zh')::integer), 2) as chinese_share
from fct_posts
group by week_start
order by week_start
