"""The groups whose retention is compared."""


def model(dbt, session):
    """Join all groupings. One row per author and grouping."""
    from refugee_adaptation.retention.lifetimes import add_adaptation_groups

    groups = dbt.ref("int_retention__groups")
    assignments = dbt.ref("adaptation_cluster_assignments")
    return add_adaptation_groups(groups.df(), assignments.df())
