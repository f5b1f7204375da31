{{ config(materialized="ephemeral", contract={"enforced": false}) }}

{%- set people %}
json_object(
    'code',
    {{ "'newcomers_people'" if var("adaptation_population") == "newcomers"
    else "'everybody_people'" }}
)
{%- endset %}

with

over_time as (
    select * from {{ ref("adaptation_over_time") }}
),

change_split as (
    select * from {{ ref("adaptation_change_split") }}
),

within_person as (
    select * from {{ ref("adaptation_within_person") }}
),

selection as (
    select * from {{ ref("adaptation_model_selection") }}
),

archetypes as (
    select * from {{ ref("archetype_scores") }}
),

-- one row for each comparison, and without two waves an empty one
comparisons as (
    select
        unnest(
            ['all posts', 'same registration cohort', 'same crawl format']
        ) as comparison,
        unnest(
            [
                'chinese_words_rise',
                'chinese_words_rise_in_cohort',
                'chinese_words_rise_in_format'
            ]
        ) as claim_id
),

changes as (
    select
        comparisons.*,
        over_time.change,
        over_time.change_low,
        over_time.change_high,
        over_time.early_post_count,
        over_time.late_post_count,
        over_time.shared_user_count,
        over_time.late_user_count,
        over_time.early_format_share,
        over_time.late_format_share,
        change_split.within_user_count,
        least(over_time.early_user_count, over_time.late_user_count) as user_count,
        coalesce(change_split.within_low > 0, false) as is_within
    from comparisons
    left join over_time
        on
            comparisons.comparison = over_time.comparison
            and over_time.trait = 'chinese_words'
    left join change_split on over_time.trait = change_split.trait
),

-- a change between waves that were crawled differently may be the crawl's, and one
-- between waves of other authors may be that of the crowd
noted as (
    select
        *,
        case
            when
                abs(early_format_share - late_format_share)
                > {{ var("wave_max_format_change") }}
                then json_object(
                    'code', 'waves_differ_in_format',
                    'early', 100 * early_format_share,
                    'late', 100 * late_format_share
                )
        end as format_note,
        case
            when shared_user_count = 0 then json_object('code', 'no_shared_author')
            when
                shared_user_count
                < {{ var("wave_min_shared_share") }} * late_user_count
                then json_object(
                    'code', 'few_shared_authors',
                    'shared', shared_user_count,
                    'late', late_user_count
                )
        end as survival_note,
        case
            when comparison = 'same crawl format'
                then json_object('code', 'late_posts_counted', 'count', late_post_count)
        end as size_note,
        list_filter(
            [size_note, survival_note, format_note], lambda note: note is not null
        ) as change_notes
    from changes
),

-- with fewer than six people who changed, no split of them is significant
changers as (
    select
        max(gained_count) as gained_count,
        coalesce(max(gained_count + lost_count), 0) as changed_count
    from within_person
    where people_set = 'posts more than a day apart'
),

-- the p value of a number of groups is that of the largest z of all that were tried
candidates as (
    select
        *,
        count(*) over (partition by method) as candidate_count
    from selection
),

-- the groups that were found, or else the number of groups that the study published
ranked as (
    select *
    from candidates
    where (is_shown and is_chosen) or (method = 'kmeans' and cluster_count = 3)
    qualify row_number() over (order by is_shown and is_chosen desc) = 1
),

shown as (
    select
        max(cluster_count) as cluster_count,
        max(silhouette_score) as silhouette_score,
        max(null_silhouette_p95) as null_silhouette_p95,
        max(null_p_value) as null_p_value,
        max(silhouette_z_score) as silhouette_z_score,
        max(candidate_count) as candidate_count,
        max(user_count) as user_count,
        coalesce(bool_or(claims_structure), false) as claims_structure,
        coalesce(
            max(reason_message)::json, json_object('code', 'groups_no_authors')
        ) as reason_message
    from ranked
),

-- a name that nobody earned is a finding too, but only of groups that are there
named_groups as (
    select
        archetypes.archetype,
        archetypes.share_low,
        archetypes.share_high,
        archetypes.member_count,
        shown.claims_structure,
        shown.reason_message,
        if(shown.claims_structure, coalesce(archetypes.share, 0), null) as group_share
    from archetypes
    cross join shown
),

claims as (
    select
        claim_id,
        change as estimate,
        change_low as interval_low,
        change_high as interval_high,
        0 as null_value,
        {{ interval_p_value("change", "change_low", 0) }} as p_value,
        early_post_count + late_post_count as n,
        true as is_identifiable,
        null::boolean as is_supported,
        case
            when comparison = 'all posts' and user_count is null
                then json_object('code', 'waves_missing')
            when comparison = 'all posts' and change_low is null
                then json_object(
                    'code', 'wave_too_small',
                    'users', user_count,
                    'least', {{ var("wave_min_users") }}
                )
            when comparison = 'same registration cohort' and change_low is null
                then json_object('code', 'cohort_too_small')
            when comparison = 'same crawl format' and change_low is null
                then json_object('code', 'format_too_rare')
            when len(change_notes) > 1
                then json_object('code', 'notes', 'notes', change_notes)
            else change_notes[1]
        end as reason_message,
        -- only people who are seen twice can be seen to change
        json_object(
            'whose', json_object(
                'code', if(is_within, 'same_people_too', 'whoever_wrote'),
                'people', within_user_count
            )
        ) as facts
    from noted
    union all
    select
        'people_begin_to_write_chinese' as claim_id,
        gained_count / nullif(changed_count, 0) as estimate,
        exact_low(gained_count, changed_count) as interval_low,
        exact_high(gained_count, changed_count) as interval_high,
        0.5 as null_value,
        least(1, 2 * exact_tail(gained_count, changed_count, 0.5)) as p_value,
        changed_count as n,
        changed_count >= 6 as is_identifiable,
        null as is_supported,
        case
            when changed_count < 6
                then json_object('code', 'too_few_changed', 'people', changed_count)
        end as reason_message,
        null as facts
    from changers
    union all
    select
        'adaptation_groups_exist' as claim_id,
        silhouette_score as estimate,
        null as interval_low,
        null as interval_high,
        null_silhouette_p95 as null_value,
        {{ null_p_value(
            "null_p_value",
            "silhouette_z_score",
            var("adaptation_null_draws"),
            "candidate_count"
        ) }} as p_value,
        user_count as n,
        null_silhouette_p95 is not null as is_identifiable,
        claims_structure as is_supported,
        reason_message,
        json_object(
            'count', coalesce(cluster_count, 3), 'people', {{ people }}
        ) as facts
    from shown
    union all
    select
        'group_' || archetype as claim_id,
        group_share as estimate,
        share_low as interval_low,
        share_high as interval_high,
        0.01 as null_value,
        -- that there are groups is tested once, by the claim that this one rests on
        null as p_value,
        member_count as n,
        claims_structure as is_identifiable,
        case when share_low is null and group_share = 0 then false end as is_supported,
        case
            when not claims_structure
                then json_object(
                    'code', 'groups_not_established', 'reason', reason_message
                )
        end as reason_message,
        json_object('people', {{ people }}) as facts
    from named_groups
)

select * from claims
