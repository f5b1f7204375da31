-- How closely do the four counts move together on log scales?
select
    round(corr(ln(1 + like_count), ln(1 + collect_count)), 3) as like_collect,
    round(corr(ln(1 + like_count), ln(1 + comment_count)), 3) as like_comment,
    round(corr(ln(1 + like_count), ln(1 + share_count)), 3) as like_share,
    round(corr(ln(1 + comment_count), ln(1 + share_count)), 3) as comment_share
from fct_posts
