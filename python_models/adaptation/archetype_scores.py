"""Whether the signs of an archetype go together, and where people stand on it."""


def model(dbt, _session):
    """Judge each archetype as a scale. One row per archetype."""
    from refugee_adaptation.adaptation.archetypes import score_archetypes
    from refugee_adaptation.adaptation.clustering import Settings

    users = dbt.ref("int_users__features").order("user_number").df()
    standings = dbt.ref("int_users__standings").project("user_id, standing").df()
    return score_archetypes(
        users.merge(standings, on="user_id"),
        dbt.ref("adaptation_archetypes").df(),
        dbt.ref("adaptation_model_selection").df(),
        dbt.config.meta_get("method"),
        Settings(**dbt.config.meta_get("settings")),
        dbt.config.meta_get("min_alpha"),
    )
