"""What sets each group apart."""


def model(dbt, _session):
    """Describe groups by their features. One row per group and feature."""
    from refugee_adaptation.adaptation.groups import held_out, profile_groups

    users = dbt.ref("int_users__features")
    groups = dbt.ref("adaptation_groups")
    weights = dbt.ref("adaptation_archetypes")
    profiles = profile_groups(
        users.order("user_number").df(),
        groups.df(),
        dbt.config.meta_get("profile_draws"),
        dbt.config.meta_get("seed"),
    )
    is_above, is_below = profiles["contrast_low"] > 0, profiles["contrast_high"] < 0
    clustered = set(weights.df()["feature"])
    features = profiles["feature"].tolist()
    return profiles.assign(
        is_clustering_feature=profiles["feature"].isin(clustered),
        is_held_out=held_out(features, clustered, dbt.config.meta_get("made_of")),
        is_distinctive=is_above | is_below,
    )
