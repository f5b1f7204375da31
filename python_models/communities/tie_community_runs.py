"""How far the runs behind the communities agree."""


def model(dbt, _session):
    """Compare runs of Louvain and Leiden. One row per kind of tie, method and run."""
    from refugee_adaptation.communities.detection import run_summary

    members = dbt.ref("tie_communities")
    edges = dbt.ref("int_ties__undirected")
    return run_summary(
        members.df(),
        edges.project("tie_kind, low_user_number, high_user_number, weight").df(),
    )
