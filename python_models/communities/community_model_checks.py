"""Everything behind the verdicts on communities."""


def model(dbt, _session):
    """Compare runs and null models. One row per kind of tie and check."""
    from refugee_adaptation.communities.checks import model_checks
    from refugee_adaptation.communities.detection import run_summary

    members = dbt.ref("tie_communities")
    edges = dbt.ref("int_ties__undirected")
    nulls = dbt.ref("tie_community_nulls")
    runs = run_summary(
        members.df(),
        edges.project("tie_kind, low_user_number, high_user_number, weight").df(),
    )
    return model_checks(runs, nulls.df(), dbt.config.meta_get("z_from"))
