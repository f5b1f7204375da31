"""The words of the chosen topics."""


def model(dbt, _session):
    """Describe the chosen topics. One row per topic and word."""
    from refugee_adaptation.topics.corpus import TopicSettings
    from refugee_adaptation.topics.topics import describe_topics

    words = dbt.ref("int_words__weighted")
    posts = dbt.ref("int_posts__topical")
    candidates = dbt.ref("topic_model_selection")
    terms = describe_topics(
        words.filter("not is_search_term").df(),
        posts.df(),
        candidates.df(),
        TopicSettings(**dbt.config.meta_get("settings")),
    )
    return terms.rename(columns={"topic_number": "topic_id"})
