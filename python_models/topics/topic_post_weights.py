"""The topics of every post."""


def model(dbt, _session):
    """Weigh the chosen topics in every post. One row per post and topic."""
    from refugee_adaptation.topics.corpus import TopicSettings
    from refugee_adaptation.topics.topics import assign_posts

    words = dbt.ref("int_words__weighted")
    posts = dbt.ref("int_posts__topical")
    candidates = dbt.ref("topic_model_selection")
    return assign_posts(
        words.filter("not is_search_term").df(),
        posts.df(),
        candidates.df(),
        TopicSettings(**dbt.config.meta_get("settings")),
    )
