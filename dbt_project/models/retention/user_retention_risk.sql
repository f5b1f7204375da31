-- A risk is shown only where the default model ranks unseen users better than chance
-- and than every baseline; otherwise the reason says why everybody's best estimate is
-- the base rate.
with

users as (
    select *
    from {{ ref("int_users__activity") }}
    where first_post_at is not null
),

features as (
    select * from {{ ref("int_retention__features") }}
),

scores as (
    select *
    from {{ ref("retention_model_scores") }}
    where model = 'logistic' and validation = 'repeated_cv'
),

risks as (
    select * from {{ ref("prediction_risks") }}
),

outcomes as (
    select
        user_id,
        'retained' as label,
        is_retained as is_positive
    from features
    union all
    select
        user_id,
        'repeat_post' as label,
        is_repeat_poster as is_positive
    from features
),

judged as (
    select
        users.user_id,
        outcomes.label,
        outcomes.is_positive,
        scores.base_rate_share,
        risks.probability,
        risks.probability_low,
        risks.probability_high,
        risks.is_out_of_fold,
        case
            when not scores.is_estimable then scores.reason_message
            when not scores.is_above_chance
                then json_object(
                    'code', 'model_at_chance',
                    'auc', scores.roc_auc,
                    'low', scores.roc_auc_low,
                    'high', scores.roc_auc_high,
                    'base', 100 * scores.base_rate_share
                )
            when not scores.is_above_baselines
                then json_object(
                    'code', 'model_at_baselines',
                    'auc', scores.roc_auc,
                    'low', scores.roc_auc_low,
                    'high', scores.roc_auc_high,
                    'best', greatest(
                        scores.account_age_roc_auc,
                        scores.crawl_format_roc_auc,
                        scores.follow_up_length_roc_auc
                    ),
                    'base', 100 * scores.base_rate_share
                )
        end::varchar as reason_message
    from users
    inner join outcomes on users.user_id = outcomes.user_id
    inner join scores on outcomes.label = scores.label
    left join risks
        on
            users.user_id = risks.user_id
            and outcomes.label = risks.label
),

final as (
    select
        user_id,
        label,
        is_positive,
        base_rate_share,
        reason_message,
        say(reason_message, 'en') as reason,
        say(reason_message, 'zh') as reason_zh,
        if(reason_message is null, probability, null) as retained_probability,
        if(reason_message is null, probability_low, null) as retained_probability_low,
        if(reason_message is null, probability_high, null) as retained_probability_high,
        if(reason_message is null, 1 - probability, null) as risk_score,
        if(reason_message is null, 1 - probability_high, null) as risk_low_score,
        if(reason_message is null, 1 - probability_low, null) as risk_high_score,
        if(reason_message is null, is_out_of_fold, null) as is_out_of_fold,
        reason_message is null as is_identifiable
    from judged
)

select * from final
