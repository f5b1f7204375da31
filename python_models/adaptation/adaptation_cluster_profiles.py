"""What sets each group apart."""


def model(dbt, _session):
    """Describe groups by their features. One row per group and feature."""
    from refugee_adaptation.adaptation.groups import profile_groups

    users = dbt.ref("int_users__features")
    groups = dbt.ref("adaptation_cluster_assignments")
    return profile_groups(
        users.order("user_number").df(),
        groups.df(),
        dbt.config.meta_get("profile_draws"),
        dbt.config.meta_get("seed"),
    )
