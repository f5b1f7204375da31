{{
    config(
        materialized="incremental",
        incremental_strategy="append",
        full_refresh=false,
        on_schema_change="fail",
        pre_hook=[
            "{{ forget_other_crawl('group_drift') }}",
            "{{ forget_other_crawl('group_members') }}",
        ],
    )
}}

with

members as (
    select * from {{ ref("groups_of_build") }}
),

-- not the hour of the build: the same crawl gives the same table
crawl_activity as (
    select max(last_seen_at) as crawl_last_activity_at
    from {{ ref("dim_users") }}
),

remembered as (
    {{ remembered_members() }}
),

earlier as (
    {% if is_incremental() %}
        select
            group_kind,
            max(build_number) as build_number,
            max(lasting_number) as lasting_number
        from {{ this }}
        group by group_kind
    {% else %}
        select
            null::varchar as group_kind,
            null::bigint as build_number,
            null::bigint as lasting_number
        where false
    {% endif %}
),

-- a build that finds the same groups has nothing to tell
differing as (
    (
        select
            group_kind,
            member_id,
            group_id
        from members
        except
        select
            group_kind,
            member_id,
            group_id
        from remembered
    )
    union all
    (
        select
            group_kind,
            member_id,
            group_id
        from remembered
        except
        select
            group_kind,
            member_id,
            group_id
        from members
    )
),

changed_kinds as (
    select distinct group_kind
    from differing
),

sizes as (
    select
        group_kind,
        group_id,
        count(*) as member_count
    from members
    where group_kind in (select changed_kinds.group_kind from changed_kinds)
    group by group_kind, group_id
),

remembered_sizes as (
    select
        group_kind,
        lasting_id,
        count(*) as previous_member_count
    from remembered
    where group_kind in (select changed_kinds.group_kind from changed_kinds)
    group by group_kind, lasting_id
),

-- only members of both builds tell what became of a group: the others came or left
shared as (
    select
        members.group_kind,
        members.group_id,
        remembered.lasting_id,
        count(*) as shared_member_count
    from members
    inner join remembered
        on
            members.group_kind = remembered.group_kind
            and members.member_id = remembered.member_id
    where members.group_kind in (select changed_kinds.group_kind from changed_kinds)
    group by members.group_kind, members.group_id, remembered.lasting_id
),

compared as (
    select
        *,
        sum(shared_member_count) over (
            partition by group_kind, group_id
        ) as known_member_count,
        sum(shared_member_count) over (
            partition by group_kind, lasting_id
        ) as kept_member_count
    from shared
),

ranked as (
    select
        *,
        shared_member_count / (
            known_member_count + kept_member_count - shared_member_count
        ) as jaccard_share,
        shared_member_count / known_member_count as known_share,
        shared_member_count / kept_member_count as kept_share,
        row_number() over (
            partition by group_kind, group_id
            order by shared_member_count desc, kept_member_count asc, lasting_id asc
        ) as lasting_rank,
        row_number() over (
            partition by group_kind, lasting_id
            order by shared_member_count desc, known_member_count asc, group_id asc
        ) as group_rank
    from compared
),

continued as (
    select *
    from ranked
    where
        lasting_rank = 1
        and group_rank = 1
        and jaccard_share >= {{ var("drift_min_jaccard") }}
),

split_off as (
    select ranked.*
    from ranked
    left join continued
        on
            ranked.group_kind = continued.group_kind
            and ranked.group_id = continued.group_id
    where
        continued.group_id is null
        and ranked.lasting_rank = 1
        and ranked.known_share >= {{ var("drift_majority_share") }}
),

merged as (
    select ranked.*
    from ranked
    left join continued
        on
            ranked.group_kind = continued.group_kind
            and ranked.lasting_id = continued.lasting_id
    where
        continued.lasting_id is null
        and ranked.group_rank = 1
        and ranked.kept_share >= {{ var("drift_majority_share") }}
),

newly_numbered as (
    select
        sizes.group_kind,
        sizes.group_id,
        coalesce(earlier.lasting_number, 0) + row_number() over (
            partition by sizes.group_kind
            order by sizes.member_count desc, sizes.group_id asc
        ) as lasting_number
    from sizes
    left join earlier on sizes.group_kind = earlier.group_kind
    left join continued
        on
            sizes.group_kind = continued.group_kind
            and sizes.group_id = continued.group_id
    where continued.group_id is null
),

now_identified as (
    select
        sizes.group_kind,
        sizes.group_id,
        sizes.member_count,
        split_off.lasting_id as related_lasting_id,
        coalesce(
            continued.lasting_id,
            replace(sizes.group_kind, '_', '-') || '-' || newly_numbered.lasting_number
        ) as lasting_id,
        case
            when continued.lasting_id is not null then 'continued'
            when split_off.lasting_id is not null then 'split'
            else 'born'
        end as drift_event,
        coalesce(continued.shared_member_count, split_off.shared_member_count, 0)
            as shared_member_count,
        coalesce(continued.jaccard_share, split_off.jaccard_share) as jaccard_share
    from sizes
    left join continued
        on
            sizes.group_kind = continued.group_kind
            and sizes.group_id = continued.group_id
    left join split_off
        on
            sizes.group_kind = split_off.group_kind
            and sizes.group_id = split_off.group_id
    left join newly_numbered
        on
            sizes.group_kind = newly_numbered.group_kind
            and sizes.group_id = newly_numbered.group_id
),

gone as (
    select
        remembered_sizes.group_kind,
        remembered_sizes.lasting_id,
        now_identified.lasting_id as related_lasting_id,
        merged.jaccard_share,
        case when merged.group_id is null then 'died' else 'merged' end as drift_event,
        coalesce(merged.shared_member_count, 0) as shared_member_count
    from remembered_sizes
    left join continued
        on
            remembered_sizes.group_kind = continued.group_kind
            and remembered_sizes.lasting_id = continued.lasting_id
    left join merged
        on
            remembered_sizes.group_kind = merged.group_kind
            and remembered_sizes.lasting_id = merged.lasting_id
    left join now_identified
        on
            merged.group_kind = now_identified.group_kind
            and merged.group_id = now_identified.group_id
    where continued.lasting_id is null
),

events as (
    select
        group_kind,
        lasting_id,
        drift_event,
        group_id,
        related_lasting_id,
        member_count,
        shared_member_count,
        jaccard_share
    from now_identified
    union all
    select
        group_kind,
        lasting_id,
        drift_event,
        null as group_id,
        related_lasting_id,
        0 as member_count,
        shared_member_count,
        jaccard_share
    from gone
),

drift as (
    select
        -- ids
        events.group_kind,
        events.lasting_id,
        events.group_id,

        -- what happened
        events.drift_event,
        events.related_lasting_id,

        -- numerics
        events.member_count,
        events.shared_member_count,
        events.jaccard_share,

        -- times
        crawl_activity.crawl_last_activity_at,

        -- numbers given anew
        coalesce(earlier.build_number, 0) + 1 as build_number,
        string_split(events.lasting_id, '-')[-1]::bigint as lasting_number,
        coalesce(remembered_sizes.previous_member_count, 0) as previous_member_count
    from events
    cross join crawl_activity
    left join earlier on events.group_kind = earlier.group_kind
    left join remembered_sizes
        on
            events.group_kind = remembered_sizes.group_kind
            and events.lasting_id = remembered_sizes.lasting_id
)

select * from drift
