"""How well models and their baselines rank users they have not seen."""


def model(dbt, session):
    """Score held-out predictions. One row per label, model and validation."""
    from refugee_adaptation.retention.evaluation import score_models

    users = dbt.ref("int_retention__features")
    evidence = dbt.ref("retention_identifiability")
    return score_models(
        users.df(),
        evidence.df(),
        repeats=dbt.config.meta_get("repeats"),
        permutations=dbt.config.meta_get("permutations"),
        alpha=dbt.config.meta_get("alpha"),
        max_users=dbt.config.meta_get("max_users"),
        **dbt.config.meta_get("settings"),
    )
