"""Cox proportional hazards from one day after the first post."""


def model(dbt, session):
    """Estimate hazard ratios. One row per outcome and covariate."""
    from refugee_adaptation.retention.hazards import cox_hazards

    users = dbt.ref("int_retention__landmark")
    groups = dbt.ref("adaptation_groups")
    evidence = dbt.ref("retention_identifiability")
    named = groups.df()[["user_id", "group_name"]]
    return cox_hazards(
        users.order("outcome, user_number").df().merge(named, on="user_id"),
        dbt.config.meta_get("covariates"),
        factors=dbt.config.meta_get("factors"),
        hindsight=dbt.config.meta_get("hindsight"),
        evidence=evidence.df(),
        **dbt.config.meta_get("settings"),
    )
