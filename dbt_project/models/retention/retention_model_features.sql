with

features as (
    select * from {{ ref("prediction_features") }}
),

final as (
    select
        label,
        feature,
        known_at,
        description as feature_description,
        is_used,
        odds_ratio,
        single_auc,
        format_auc,
        reason
    from features
)

select * from final
