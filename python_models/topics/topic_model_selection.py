"""Which topic model, with how many topics, can this crawl carry?"""


def model(dbt, _session):
    """Judge every method and number of topics. One row per method and number."""
    from refugee_adaptation.topics.corpus import TopicSettings
    from refugee_adaptation.topics.topics import judge_candidates

    words = dbt.ref("int_words__weighted")
    posts = dbt.ref("int_posts__topical")
    return judge_candidates(
        words.filter("not is_search_term").df(),
        posts.df(),
        TopicSettings(**dbt.config.meta_get("settings")),
    )
