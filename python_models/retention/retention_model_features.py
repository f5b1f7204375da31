"""Which features a prediction may use, and what each is worth."""


def model(dbt, session):
    """List registered features. One row per label and feature."""
    from refugee_adaptation.retention.feature_readings import describe_features

    users = dbt.ref("int_retention__features")
    features = describe_features(users.df(), **dbt.config.meta_get("settings"))
    return features.rename(columns={"description": "feature_description"})
