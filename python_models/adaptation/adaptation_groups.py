"""Which group a user belongs to, if any."""


def model(dbt, _session):
    """Assign users to named groups. One row per post author."""
    from refugee_adaptation.adaptation.clustering import Settings
    from refugee_adaptation.adaptation.groups import assign_groups

    users = dbt.ref("int_users__features").order("user_number").df()
    standings = dbt.ref("int_users__standings").project("user_id, standing").df()
    weights = dbt.ref("adaptation_archetypes")
    selection = dbt.ref("adaptation_model_selection")
    groups = assign_groups(
        users.merge(standings, on="user_id"),
        weights.df(),
        selection.df(),
        dbt.config.meta_get("method"),
        Settings(**dbt.config.meta_get("settings")),
    )
    counted = groups.merge(users[["user_id", "post_count"]], on="user_id")
    # a column without rows has no type
    return counted.astype({"user_id": "string"})
