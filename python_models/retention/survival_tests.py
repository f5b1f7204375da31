"""Log-rank tests between the groups whose retention is identified."""


def model(dbt, session):
    """Compare groups. One row per outcome and grouping."""
    from refugee_adaptation.retention.curves import log_rank_tests
    from refugee_adaptation.retention.lifetimes import count_lifetimes, keep_identified

    followup = dbt.ref("int_retention__followup")
    groups = dbt.ref("survival_groups").order("user_number, grouping")
    evidence = dbt.ref("retention_identifiability")
    lifetimes = count_lifetimes(followup.df(), groups.df())
    return log_rank_tests(
        keep_identified(lifetimes, evidence.df()),
        evidence.df(),
        min_events=dbt.config.meta_get("min_events"),
    )
