"""Who is far from everybody else?"""


def model(dbt, _session):
    """Mark DBSCAN noise in log features. One row per post author."""
    from refugee_adaptation.anomalies.density import find_outliers

    users = dbt.ref("int_users__features")
    return find_outliers(
        users.order("user_number").df(),
        dbt.config.meta_get("features"),
        dbt.config.meta_get("min_neighbours"),
    )
