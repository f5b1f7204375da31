{{ config(materialized="ephemeral") }}

with

comment_rows as (
    select * from {{ ref("stg_crawl__comment_rows") }}
),

accepted as (
    select * exclude (row_status, rejection_reasons)
    from comment_rows
    where row_status = 'accepted'
)

select * from accepted
