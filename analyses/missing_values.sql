-- How often is each field there, understood, and only a lower bound?
select
    field,
    round(100 * avg(present_share), 1) as present_percent,
    round(100 * avg(parsed_share), 1) as parsed_percent,
    round(100 * avg(censored_share), 1) as censored_percent
from crawl_coverage
where entity = 'post'
group by field
order by present_percent
