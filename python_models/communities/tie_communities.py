"""Which community a user belongs to, by the users it is tied to."""


def model(dbt, _session):
    """Find communities over many seeds. One row per kind of tie and user."""
    from refugee_adaptation.communities.detection import (
        Settings,
        membership_table,
        memberships,
    )

    edges = dbt.ref("int_ties__undirected")
    user_tags = dbt.ref("int_ties__user_hashtags")
    found = memberships(
        edges.project("tie_kind, low_user_number, high_user_number, weight").df(),
        user_tags.project("user_number, hashtag, rarity_score").df(),
        Settings(**dbt.config.meta_get("settings")),
    )
    return membership_table(found)
