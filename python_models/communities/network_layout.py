"""Where users stand in the picture of a network."""


def model(dbt, _session):
    """Place users on a plane. One row per kind of tie and placed user."""
    from refugee_adaptation.communities.layout import network_layout

    edges = dbt.ref("int_ties__undirected")
    users = dbt.ref("int_users__observed").project("user_id, user_number")
    columns = "tie_kind, low_user_number, high_user_number, weight"
    placed = network_layout(
        edges.project(columns).df(), user_limit=dbt.config.meta_get("user_limit")
    )
    named = placed.merge(users.df(), on="user_number").drop(columns="user_number")
    # a column without rows has no type
    return named.astype({"user_id": "string"})
