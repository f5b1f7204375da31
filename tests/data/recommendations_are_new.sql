-- Nobody is shown their own note, themselves, or something they turned to already.
with

recommendations as (
    select * from {{ ref("recommendations") }}
),

users as (
    select * from {{ ref("int_users__observed") }}
),

items as (
    select * from {{ ref("int_interactions__items") }}
),

events as (
    select * from {{ ref("int_interactions__events") }}
),

own as (
    select
        recommendations.user_id,
        recommendations.item_id
    from recommendations
    inner join users on recommendations.user_id = users.user_id
    inner join items
        on
            recommendations.item_kind = items.item_kind
            and recommendations.item_id = items.item_id
            and users.user_number = items.owner_number
),

known as (
    select
        recommendations.user_id,
        recommendations.item_id
    from recommendations
    inner join events
        on
            recommendations.user_id = events.user_id
            and recommendations.item_kind = events.item_kind
            and recommendations.item_id = events.item_id
)

select * from own
union all
select * from known
