{{ config(materialized="ephemeral", contract={"enforced": false}) }}

{%- set hazard_note -%}
    coalesce(
        max(reason),
        case
            when count(hazard_ratio) = 0 then 'the hazards could not be fitted'
            when not bool_and(is_proportional)
                then printf(
                    'the ratio changes over time (Schoenfeld test, p = %.2g), so it is '
                    || 'an average over the time followed',
                    max(proportionality_p_value)
                )
        end
    )
{%- endset %}

with

gates as (
    select * from {{ ref("retention_identifiability") }}
),

by_group as (
    select * from {{ ref("retention_by_group") }}
),

hazards as (
    select * from {{ ref("retention_cox") }}
),

scores as (
    select * from {{ ref("retention_model_scores") }}
),

united as (
    select
        {{ finding(
            "'newcomers_stay'",
            area="retention",
            claimed_by="study",
            claim="'Most people are still active four weeks after their first observed post.'",
            metric="'lower bound of the share still active at day 28 (Kaplan-Meier)'",
            estimate="max(by_group.retained_28d_share)",
            low="max(by_group.retained_28d_low_share)",
            high="max(by_group.retained_28d_ceiling_share)",
            null_value="0.5",
            null_model="one half",
            n="max(gates.user_count)",
            source_table="retention_by_group",
            is_identifiable="bool_and(
                gates.is_identifiable
                and (
                    by_group.retained_28d_low_share > 0.5
                    or by_group.retained_28d_ceiling_share < 0.5
                )
            )",
            reason="coalesce(
                max(gates.reason),
                case
                    when max(by_group.retained_28d_share) is null
                        then 'nobody is followed for four weeks'
                    else printf(
                        'at least %.1f %% are still active at day 28, and at most %.1f %% '
                        || 'if people met on their first day alone do not outstay the '
                        || 'others',
                        100 * max(by_group.retained_28d_low_share),
                        100 * max(by_group.retained_28d_ceiling_share)
                    )
                end
            )"
        ) }}
    from gates
    left join by_group
        on
            gates.outcome = by_group.outcome
            and gates.grouping = by_group.grouping
            and gates.group_name = by_group.group_name
    where gates.outcome = 'still_active' and gates.grouping = 'all'
    union all
    select
        {{ finding(
            "'engagement_predicts_retention'",
            area="retention",
            claimed_by="study",
            claim="'Engagement with the first post goes with staying longer.'",
            metric="'hazard ratio of leaving per log unit of engagement'",
            estimate="max(hazard_ratio)",
            low="max(hazard_ratio_low)",
            high="max(hazard_ratio_high)",
            null_value="1",
            null_model="no association",
            n="max(user_count)",
            source_table="retention_cox",
            is_identifiable="bool_and(is_identifiable)",
            reason=hazard_note,
            side="below"
        ) }}
    from hazards
    where outcome = 'leaving' and covariate in ('log_engagement_count', '(none)')
    union all
    select
        {{ finding(
            "'interaction_diversity_retention'",
            area="retention",
            claimed_by="project",
            claim="'People who talk with more different people stay longer.'",
            metric="'hazard ratio of leaving per log unit of partners'",
            estimate="max(hazard_ratio)",
            low="max(hazard_ratio_low)",
            high="max(hazard_ratio_high)",
            null_value="1",
            null_model="no association",
            n="max(user_count)",
            source_table="retention_cox",
            is_identifiable="bool_and(is_identifiable)",
            reason=hazard_note,
            side="below"
        ) }}
    from hazards
    where outcome = 'leaving' and covariate in ('log_partner_count', '(none)')
    union all
    select
        {{ finding(
            "concat('prediction_', label)",
            area="retention",
            claimed_by="study",
            claim="case label
                when 'retained' then 'What is known on the first day predicts who stays.'
                else 'What is known at the first post predicts who posts again.'
            end",
            metric="'out-of-sample ROC-AUC of the logistic model'",
            estimate="roc_auc",
            low="roc_auc_low",
            high="roc_auc_high",
            null_value="greatest(0.5, account_age_roc_auc, crawl_format_roc_auc, follow_up_length_roc_auc)",
            null_model="best of chance and of account age, crawl format and length of follow-up alone",
            n="user_count",
            source_table="retention_model_scores",
            is_identifiable="is_estimable",
            reason="reason"
        ) }}
    from scores
    where model = 'logistic' and validation = 'repeated_cv'
)

select * from united
