"""How well models and their baselines rank users they have not seen."""


def model(dbt, session):
    """Score held-out predictions. One row per label, model and validation."""
    from refugee_adaptation.retention.evaluation import score_predictions

    predictions = dbt.ref("prediction_held_out")
    users = dbt.ref("int_retention__features")
    evidence = dbt.ref("survival_evidence")
    return score_predictions(
        predictions.df(),
        users.df(),
        evidence=evidence.df(),
        **dbt.config.meta_get("settings"),
    )
