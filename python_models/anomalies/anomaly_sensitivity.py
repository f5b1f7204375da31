"""Would another radius or density mark other users?"""


def model(dbt, _session):
    """Count outliers over radii and densities. One row per radius and density."""
    from refugee_adaptation.anomalies.density import outlier_sensitivity

    users = dbt.ref("int_users__features")
    return outlier_sensitivity(
        users.order("user_number").df(),
        dbt.config.meta_get("features"),
        dbt.config.meta_get("min_neighbours"),
    )
