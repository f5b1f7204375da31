{{ config(materialized="ephemeral", contract={"enforced": false}) }}

with

gates as (
    select * from {{ ref("retention_identifiability") }}
),

curves as (
    select * from {{ ref("survival_curves") }}
),

hazards as (
    select * from {{ ref("retention_cox") }}
),

scores as (
    select * from {{ ref("retention_model_scores") }}
),

covariates as (
    select
        unnest(
            ['engagement_predicts_retention', 'interaction_diversity_retention']
        ) as claim_id,
        unnest(['log_engagement_count', 'log_partner_count']) as covariate
),

stayers as (
    select
        gates.user_count,
        gates.is_identifiable,
        gates.reason_message,
        curves.survival_share as retained_share,
        curves.survival_low_share as retained_low_share,
        curves.survival_ceiling_share as retained_ceiling_share
    from gates
    left join curves
        on
            gates.is_identifiable
            and gates.outcome = curves.outcome
            and gates.grouping = curves.grouping
            and gates.group_name = curves.group_name
            and curves.day = 28
    where gates.outcome = 'still_active' and gates.grouping = 'all'
),

-- the row of a refused fit names no covariate
ratios as (
    select
        covariates.claim_id,
        max(hazards.hazard_ratio) as hazard_ratio,
        max(hazards.hazard_ratio_low) as hazard_ratio_low,
        max(hazards.hazard_ratio_high) as hazard_ratio_high,
        max(hazards.user_count) as user_count,
        bool_and(hazards.is_identifiable) as is_identifiable,
        bool_and(hazards.is_proportional) as is_proportional,
        max(hazards.proportionality_p_value) as proportionality_p_value,
        max(hazards.reason_message) as reason_message
    from covariates
    left join hazards
        on
            hazards.outcome = 'leaving'
            and hazards.covariate in (covariates.covariate, '(none)')
    group by covariates.claim_id
),

-- what is learnt must also rank the people who came later better than one number does;
-- where too few came to tell, the claim says so
predictions as (
    select
        learnt.label,
        learnt.roc_auc,
        learnt.roc_auc_low,
        learnt.roc_auc_high,
        learnt.user_count,
        learnt.is_estimable,
        learnt.is_above_chance,
        learnt.permutation_p_value,
        learnt.reason_message,
        later.roc_auc as later_roc_auc,
        greatest(
            0.5,
            learnt.account_age_roc_auc,
            learnt.crawl_format_roc_auc,
            learnt.follow_up_length_roc_auc
        ) as baseline_roc_auc,
        greatest(
            0.5,
            later.account_age_roc_auc,
            later.crawl_format_roc_auc,
            later.follow_up_length_roc_auc
        ) as later_baseline_roc_auc
    from scores as learnt
    left join scores as later
        on
            learnt.label = later.label
            and learnt.model = later.model
            and later.validation = 'temporal_split'
            and later.is_estimable
    where learnt.model = 'logistic' and learnt.validation = 'repeated_cv'
),

claims as (
    select
        'newcomers_stay' as claim_id,
        retained_share as estimate,
        retained_low_share as interval_low,
        retained_ceiling_share as interval_high,
        0.5 as null_value,
        {{ interval_p_value(
            "retained_share", "retained_low_share", 0.5, scale="logit"
        ) }} as p_value,
        user_count as n,
        is_identifiable
        and (retained_low_share > 0.5 or retained_ceiling_share < 0.5)
            as is_identifiable,
        null::boolean as is_supported,
        case
            when reason_message is not null then reason_message::json
            when retained_share is null
                then json_object('code', 'nobody_followed')
            else json_object(
                'code', 'retained_between',
                'day', 28,
                'share', 100 * retained_low_share,
                'ceiling', 100 * retained_ceiling_share
            )
        end as reason_message,
        null as facts
    from stayers
    union all
    select
        claim_id,
        hazard_ratio as estimate,
        hazard_ratio_low as interval_low,
        hazard_ratio_high as interval_high,
        1 as null_value,
        {{ interval_p_value(
            "hazard_ratio", "hazard_ratio_high", 1, side="below", scale="log"
        ) }} as p_value,
        user_count as n,
        is_identifiable,
        null as is_supported,
        case
            when reason_message is not null then reason_message::json
            when hazard_ratio is null then json_object('code', 'hazards_not_fitted')
            when not is_proportional
                then json_object(
                    'code', 'hazard_changes', 'p', proportionality_p_value
                )
        end as reason_message,
        null as facts
    from ratios
    union all
    select
        'prediction_' || label as claim_id,
        roc_auc as estimate,
        roc_auc_low as interval_low,
        roc_auc_high as interval_high,
        baseline_roc_auc as null_value,
        -- above the shuffles and above the baselines: both must hold
        greatest(
            permutation_p_value,
            {{ interval_p_value(
                "roc_auc", "roc_auc_low", "baseline_roc_auc", scale="logit"
            ) }}
        ) as p_value,
        user_count as n,
        is_estimable as is_identifiable,
        coalesce(is_above_chance, false)
        and roc_auc_low > baseline_roc_auc
        and coalesce(later_roc_auc > later_baseline_roc_auc, true) as is_supported,
        case
            when reason_message is not null then reason_message::json
            when later_roc_auc is null then json_object('code', 'later_people_too_few')
            else json_object(
                'code', 'later_people_ranked',
                'auc', later_roc_auc,
                'baseline', later_baseline_roc_auc
            )
        end as reason_message,
        null as facts
    from predictions
)

select * from claims
