{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

over_time as (
    select * from {{ ref("adaptation_over_time") }}
),

within_person as (
    select * from {{ ref("adaptation_within_person") }}
),

selection as (
    select * from {{ ref("adaptation_model_selection") }}
),

profiles as (
    select * from {{ ref("adaptation_group_profiles") }}
),

groups as (
    select * from {{ ref("adaptation_groups") }}
),

tiers as (
    select * from {{ ref("engagement_tiers") }}
),

-- a change between waves that were crawled differently may be the crawl's
noted as (
    select
        *,
        case
            when
                abs(early_format_share - late_format_share)
                > {{ var("wave_max_format_change") }}
                then format(
                    'the waves were crawled in different formats ({:.0f} % of early and'
                    ' {:.0f} % of late posts are in that of the early wave), which the'
                    ' change may reflect',
                    100 * early_format_share,
                    100 * late_format_share
                )
        end as format_note
    from over_time
),

-- with fewer than six people who changed, no split of them is significant
changers as (
    select
        max(gained_count) as gained_count,
        max(gained_count + lost_count) as changed_count
    from within_person
    where people_set = 'posts more than a day apart'
),

-- the groups that were found, or else the number of groups that the study published
ranked as (
    select *
    from selection
    where (is_shown and is_chosen) or (method = 'kmeans' and cluster_count = 3)
    qualify row_number() over (order by is_shown and is_chosen desc) = 1
),

shown as (
    select
        max(cluster_count) as cluster_count,
        max(silhouette_score) as silhouette_score,
        max(null_silhouette_p95) as null_silhouette_p95,
        max(user_count) as user_count,
        coalesce(bool_or(claims_structure), false) as claims_structure,
        regexp_replace(
            coalesce(max(reason), 'too few authors to look for groups'),
            '^(no )?structure: ', ''
        ) as selection_reason
    from ranked
),

-- a name that nobody earned is a finding too, but only of groups that are there
group_names as (
    select distinct archetype as group_name from {{ ref("adaptation_archetypes") }}
),

group_sizes as (
    select
        group_names.group_name,
        count(groups.user_id) as user_count
    from group_names
    left join groups on group_names.group_name = groups.group_name
    group by group_names.group_name
),

adapter_engagement as (
    select *
    from profiles
    where group_name = 'cultural_adapter' and feature = 'log_engagement'
),

one_row as (
    select count(*) as user_count from tiers
),

united as (
    select
        {{ finding(
            "'chinese_words_rise'",
            area="adaptation",
            claimed_by="study",
            claim="'Posts of the later wave use Chinese more often than those of the early wave.'",
            metric="'change of the share of posts with Chinese words'",
            estimate="max(change)",
            low="max(change_low)",
            high="max(change_high)",
            null_value="0",
            null_model="no change between waves",
            n="max(early_post_count + late_post_count)",
            source_table="adaptation_over_time",
            reason="case
                when count(*) = 0 then 'the crawl does not hold two waves'
                when max(change_low) is null then format(
                    'the smaller of the two waves has {} users; " ~ var("wave_min_users") ~ " are needed',
                    max(least(early_user_count, late_user_count))
                )
                else max(format_note)
            end"
        ) }}
    from noted
    where comparison = 'all posts' and trait = 'chinese_words'
    union all
    select
        {{ finding(
            "'chinese_words_rise_in_cohort'",
            area="adaptation",
            claimed_by="project",
            claim="'Within one registration cohort, later posts use Chinese more often.'",
            metric="'change of the share of posts with Chinese words'",
            estimate="max(change)",
            low="max(change_low)",
            high="max(change_high)",
            null_value="0",
            null_model="no change between waves",
            n="max(early_post_count + late_post_count)",
            source_table="adaptation_over_time",
            reason="case
                when max(change_low) is null then 'too few users of the registration cohort post in both waves'
                else nullif(concat_ws(
                    '; ',
                    case when max(shared_user_count) = 0 then 'no author is seen in both waves: the change may be the survival of those who already wrote Chinese' end,
                    max(format_note)
                ), '')
            end"
        ) }}
    from noted
    where comparison = 'same registration cohort' and trait = 'chinese_words'
    union all
    select
        {{ finding(
            "'chinese_words_rise_in_format'",
            area="adaptation",
            claimed_by="project",
            claim="'Among posts crawled in one format, later posts use Chinese more often.'",
            metric="'change of the share of posts with Chinese words'",
            estimate="max(change)",
            low="max(change_low)",
            high="max(change_high)",
            null_value="0",
            null_model="no change between waves",
            n="max(early_post_count + late_post_count)",
            source_table="adaptation_over_time",
            reason="case
                when max(change_low) is null then
                    'too few users of the later wave were crawled in the format of the early one'
                else format('{} of these posts are late', max(late_post_count))
            end"
        ) }}
    from over_time
    where comparison = 'same crawl format' and trait = 'chinese_words'
    union all
    select
        {{ finding(
            "'people_begin_to_write_chinese'",
            area="adaptation",
            claimed_by="study",
            claim="'The same people gradually adapt: of those whose use of Chinese changed between first and last post, more than a day apart, most gained it.'",
            metric="'share of gains among people who changed'",
            estimate="gained_count / nullif(changed_count, 0)",
            low=exact_bound("gained_count", "changed_count", "low"),
            high=exact_bound("gained_count", "changed_count", "high"),
            null_value="0.5",
            null_model="gains and losses equally likely",
            n="changed_count",
            source_table="adaptation_within_person",
            is_identifiable="changed_count >= 6",
            reason="case when changed_count < 6 then
                format('{} people changed; fewer than six cannot decide', coalesce(changed_count, 0)) end"
        ) }}
    from changers
    union all
    select
        {{ finding(
            "'adaptation_groups_exist'",
            area="adaptation",
            claimed_by="study",
            claim="format('Authors fall into {} groups by behaviour and content.', coalesce(cluster_count, 3))",
            metric="'silhouette'",
            estimate="silhouette_score",
            null_value="null_silhouette_p95",
            null_model="95th percentile under a Gaussian copula without groups",
            n="user_count",
            source_table="adaptation_model_selection",
            is_identifiable="null_silhouette_p95 is not null",
            is_supported="claims_structure",
            reason="selection_reason"
        ) }}
    from shown
    union all
    select
        {{ finding(
            "concat('group_', group_sizes.group_name)",
            area="adaptation",
            claimed_by="study",
            claim="format('There is a group of {}s: at least one author in a hundred earns the name.', replace(group_sizes.group_name, '_', ' '))",
            metric="'share of authors in the group'",
            estimate="case when shown.claims_structure then group_sizes.user_count / one_row.user_count end",
            low="case when shown.claims_structure then " ~ exact_bound("group_sizes.user_count", "one_row.user_count", "low") ~ " end",
            high="case when shown.claims_structure then " ~ exact_bound("group_sizes.user_count", "one_row.user_count", "high") ~ " end",
            null_value="0.01",
            null_model="one author in a hundred",
            n="one_row.user_count",
            source_table="adaptation_groups",
            is_identifiable="shown.claims_structure",
            reason="case when not shown.claims_structure then
                concat('no groups were established: ', shown.selection_reason) end"
        ) }}
    from group_sizes
    cross join one_row
    cross join shown
    union all
    select
        {{ finding(
            "'adapters_have_most_engagement'",
            area="adaptation",
            claimed_by="study",
            claim="'Cultural adapters have more engagement on average than everybody else.'",
            metric="'difference of mean log engagement to all others'",
            estimate="max(contrast_value)",
            low="max(contrast_low)",
            high="max(contrast_high)",
            null_value="0",
            null_model="no difference",
            n="max(user_count)",
            source_table="adaptation_group_profiles",
            reason="case when max(contrast_value) is null then
                'no group earned the name cultural adapter' end"
        ) }}
    from adapter_engagement
)

select * from united
