with

members as (
    select * from {{ ref("groups_of_build") }}
),

drift as (
    select * from {{ ref("group_drift") }}
),

-- a build that changed nothing left no row: the ids of the last change still hold
identified as (
    select
        group_kind,
        group_id,
        lasting_id,
        build_number
    from drift
    where group_id is not null
    qualify
        build_number = max(build_number) over (partition by group_kind)
),

group_members as (
    select
        members.group_kind,
        members.member_id,
        members.group_id,
        identified.lasting_id
    from members
    left join identified
        on
            members.group_kind = identified.group_kind
            and members.group_id = identified.group_id
)

select * from group_members
