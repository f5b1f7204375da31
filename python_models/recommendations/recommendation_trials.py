"""What each strategy would have shown before what people turned to next."""


def model(dbt, _session):
    """Evaluate offline. One row per person, kind of item and strategy."""
    from refugee_adaptation.recommendations.signals import Recommender
    from refugee_adaptation.recommendations.trials import evaluate

    events = dbt.ref("int_interactions__events")
    items = dbt.ref("int_interactions__items")
    hashtags = dbt.ref("int_hashtags__extracted")
    scores = dbt.ref("int_interactions__signal_scores")
    recommender = Recommender.from_relations(
        *(events, items, hashtags, scores),
        **dbt.config.meta_get("recommender"),
    )
    return evaluate(
        recommender,
        seed=dbt.config.meta_get("seed"),
        length=dbt.config.meta_get("length"),
        max_users=dbt.config.meta_get("max_users"),
    )
