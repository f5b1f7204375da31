"""Where users stand in the picture of a network."""


def model(dbt, _session):
    """Place users on a plane. One row per kind of tie and placed user."""
    from refugee_adaptation.communities.layout import network_layout

    edges = dbt.ref("int_ties__undirected")
    columns = "tie_kind, low_user_number, high_user_number, weight"
    return network_layout(
        edges.project(columns).df(), user_limit=dbt.config.meta_get("user_limit")
    )
