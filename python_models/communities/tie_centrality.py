"""How central a user is, and how sure its rank is."""


def model(dbt, _session):
    """Rank users by PageRank, with intervals. One row per kind of tie and user."""
    from refugee_adaptation.communities.centrality import Settings, centrality

    replies = dbt.ref("int_ties__post_replies")
    edges = dbt.ref("int_ties__undirected")
    user_tags = dbt.ref("int_ties__user_hashtags")
    return centrality(
        replies.aggregate(
            "user_number, replied_to_user_number, "
            "sum(reply_count)::bigint as reply_count"
        ).df(),
        edges.project("tie_kind, low_user_number, high_user_number, weight").df(),
        user_tags.project("user_number, hashtag, rarity_score").df(),
        Settings(**dbt.config.meta_get("settings")),
    )
