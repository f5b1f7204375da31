"""Do some people draw more than others, observed and shuffled?"""


def model(dbt, _session):
    """Shuffle who wrote where. One row per role and draw."""
    from refugee_adaptation.cascades.influence import dispersion_by_role

    actions = dbt.ref("int_cascades__actions")
    columns = "influence_role, action_number, stratum_number, cascade_number, "
    return dispersion_by_role(
        actions.project(columns + "user_number, drawn_count").df(),
        draws=dbt.config.meta_get("draws"),
        seed=dbt.config.meta_get("seed"),
        min_actions=dbt.config.meta_get("min_actions"),
    )
