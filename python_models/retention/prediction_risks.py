"""Each author's probability of an outcome, with its interval."""


def model(dbt, session):
    """Predict by models without the user. One row per label and author."""
    from refugee_adaptation.retention.risks import predict_risk

    users = dbt.ref("int_retention__features")
    evidence = dbt.ref("retention_identifiability")
    return predict_risk(
        users.df(), evidence=evidence.df(), **dbt.config.meta_get("settings")
    )
