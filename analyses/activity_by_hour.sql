-- When are posts written, on the platform's clock and on the audience's?
select
    platform.post_hour,
    platform.post_count as platform_clock,
    audience.post_count as audience_clock,
    repeat('#', (platform.post_count // 10)::integer) as platform_bar
from engagement_by_hour as platform
inner join engagement_by_hour as audience
    on platform.post_hour = audience.post_hour
where platform.clock = 'platform' and audience.clock = 'audience'
order by platform.post_hour
