"""Which posts have nearly the same text?"""


def model(dbt, _session):
    """Group near copies. One row per post whose text another post nearly has."""
    from refugee_adaptation.anomalies.copies import group_texts

    posts = dbt.ref("int_posts__cleaned")
    return group_texts(
        posts.project("post_id, user_id, post_number, text_main as text").df(),
        min_similarity=dbt.config.meta_get("min_similarity"),
        seed=dbt.config.meta_get("seed"),
        tokeniser=dbt.config.meta_get("tokeniser"),
    )
