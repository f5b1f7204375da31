"""Whether there are communities at all."""


def model(dbt, _session):
    """Judge modularity by null models. One row per kind of tie and null model."""
    from refugee_adaptation.communities.detection import Settings
    from refugee_adaptation.communities.nulls import null_tests

    members = dbt.ref("tie_communities")
    edges = dbt.ref("int_ties__undirected")
    user_tags = dbt.ref("int_ties__user_hashtags")
    replies = dbt.ref("int_ties__post_replies")
    return null_tests(
        members.project("tie_kind, user_number, louvain_runs").df(),
        edges.project("tie_kind, low_user_number, high_user_number, weight").df(),
        user_tags.project("user_number, hashtag, rarity_score").df(),
        replies.project(
            "thread_number, user_number, replied_to_user_number, reply_count"
        ).df(),
        Settings(**dbt.config.meta_get("settings")),
    )
