"""Who starts and who amplifies, against a shuffle of places and moments."""


def model(dbt, _session):
    """Rank and test people. One row per role and user."""
    from refugee_adaptation.cascades.influence import influence_by_role

    actions = dbt.ref("int_cascades__actions")
    columns = "influence_role, action_number, stratum_number, cascade_number, "
    return influence_by_role(
        actions.project(columns + "user_number, drawn_count").df(),
        draws=dbt.config.meta_get("draws"),
        budget=dbt.config.meta_get("budget"),
        seed=dbt.config.meta_get("seed"),
        min_actions=dbt.config.meta_get("min_actions"),
    )
