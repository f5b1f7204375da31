{{ config(materialized="ephemeral") }}

with

post_rows as (
    select * from {{ ref("stg_crawl__post_rows") }}
),

accepted as (
    select * exclude (row_status, rejection_reasons)
    from post_rows
    where row_status = 'accepted'
)

select * from accepted
