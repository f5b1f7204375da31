"""Is there more than one kind of user, and how many?"""


def model(dbt, _session):
    """Judge each method and number of clusters. One row per method and number."""
    from refugee_adaptation.adaptation.clustering import Settings, select_clusters

    users = dbt.ref("int_users__features").order("user_number").df()
    standings = dbt.ref("int_users__standings").project("user_id, standing").df()
    weights = dbt.ref("adaptation_archetypes")
    settings = Settings(**dbt.config.meta_get("settings"))
    people = users.merge(standings, on="user_id")
    judged = select_clusters(people, weights.df(), settings)
    is_used = judged["method"] == dbt.config.meta_get("method")
    return judged.assign(is_shown=judged["is_chosen"] & is_used)
