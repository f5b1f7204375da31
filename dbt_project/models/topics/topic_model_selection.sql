with

candidates as (
    select * from {{ ref("topic_candidates") }}
),

compared as (
    select
        method,
        topic_count,
        post_count,
        vocabulary_count,
        lift_score,
        lift_low,
        lift_high,
        null_draw_count,
        null_lift_high,
        p_value,
        npmi_score,
        random_npmi_score,
        stability_score,
        diversity_score,
        coverage_share,
        title_auc,
        body_auc,
        marker_auc,
        leakage_auc,
        language_auc,
        any_shape_auc,
        met_target_count,
        is_chosen,
        reason
    from candidates
)

select * from compared
