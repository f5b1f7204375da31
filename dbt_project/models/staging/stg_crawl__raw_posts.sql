with

study as (
    select * from {{ ref("base_study__posts") }}
),

mediacrawler as (
    select * from {{ ref("base_mediacrawler__posts") }}
),

xhs_downloader as (
    select * from {{ ref("base_xhs_downloader__posts") }}
),

united as (
    select * from study
    union all by name
    select * from mediacrawler
    union all by name
    select * from xhs_downloader
)

select * from united
