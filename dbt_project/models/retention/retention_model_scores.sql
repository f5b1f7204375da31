-- Near chance an interval of cross-validated predictions is a little narrow, so the
-- default model must also beat shuffled labels. A model earns its keep only above every
-- baseline: its own interval must lie above what account age alone, the format of the
-- crawl alone and the length of follow-up alone reach.
with

scores as (
    select * from {{ ref("prediction_scores") }}
),

baselines as (
    select
        label,
        validation,
        max(roc_auc) filter (where model = 'account_age_only') as account_age_roc_auc,
        max(roc_auc) filter (where model = 'crawl_format_only') as crawl_format_roc_auc,
        max(roc_auc) filter (where model = 'follow_up_length_only')
            as follow_up_length_roc_auc
    from scores
    group by label, validation
),

final as (
    select
        scores.label,
        scores.model,
        scores.validation,
        scores.user_count,
        scores.positive_count,
        scores.base_rate_share,
        scores.majority_accuracy_share,
        scores.accuracy_share,
        scores.roc_auc,
        scores.roc_auc_low,
        scores.roc_auc_high,
        baselines.account_age_roc_auc,
        baselines.crawl_format_roc_auc,
        baselines.follow_up_length_roc_auc,
        scores.pr_auc,
        scores.pr_auc_low,
        scores.pr_auc_high,
        scores.brier_score,
        scores.brier_base_score,
        scores.calibration_slope,
        scores.calibration_intercept,
        scores.permutation_p_value,
        scores.known_in_time_share,
        scores.is_estimable,
        scores.reason,
        scores.model in ('logistic', 'gradient_boosting') as is_candidate,
        scores.roc_auc_low > 0.5 and coalesce(scores.permutation_p_value <= 0.05, true)
            as is_above_chance,
        scores.roc_auc_low > greatest(
            baselines.account_age_roc_auc,
            baselines.crawl_format_roc_auc,
            baselines.follow_up_length_roc_auc
        ) as is_above_baselines
    from scores
    left join baselines
        on
            scores.label = baselines.label
            and scores.validation = baselines.validation
)

select * from final
