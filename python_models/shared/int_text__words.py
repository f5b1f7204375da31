"""The words of every post."""


def model(dbt, _session):
    """Cut the posts into words. One row per post, word and script."""
    from refugee_adaptation.shared.words import word_table

    posts = dbt.ref("int_posts__cleaned")
    return word_table(
        posts.project("post_id, post_number, text_clean, hashtags").df(),
        tokeniser=dbt.config.meta_get("tokeniser"),
        protected_terms=dbt.config.meta_get("protected_terms"),
        repeated_run=dbt.config.meta_get("repeated_run"),
    )
