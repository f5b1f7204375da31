"""Predictions for users a model has not seen."""


def model(dbt, session):
    """Predict users out of fold. One row per label, model, validation, repeat, user."""
    from refugee_adaptation.retention.evaluation import predict_held_out

    users = dbt.ref("int_retention__features")
    evidence = dbt.ref("survival_evidence")
    return predict_held_out(
        users.df(), evidence=evidence.df(), **dbt.config.meta_get("settings")
    )
