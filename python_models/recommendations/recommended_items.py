"""What every strategy would show next to every person."""


def model(dbt, _session):
    """List ten items each. One row per user, strategy and rank."""
    from refugee_adaptation.recommendations.recommending import recommend
    from refugee_adaptation.recommendations.signals import Recommender

    events = dbt.ref("int_interactions__events")
    items = dbt.ref("int_interactions__items")
    hashtags = dbt.ref("int_hashtags__extracted")
    scores = dbt.ref("int_interactions__signal_scores")
    people = dbt.ref("int_users__observed").order("last_seen_at desc, user_number")
    users = people.limit(dbt.config.meta_get("max_users"))
    recommender = Recommender.from_relations(
        *(events, items, hashtags, scores),
        **dbt.config.meta_get("recommender"),
    )
    return recommend(
        recommender,
        users.project("user_number").fetchnumpy()["user_number"],
        length=dbt.config.meta_get("length"),
    )
