"""Whether the crawl can tell the retention of a group."""


def model(dbt, session):
    """Weigh the evidence. One row per outcome, grouping and group."""
    from refugee_adaptation.retention.identifiability import weigh_evidence

    followup = dbt.ref("int_retention__followup")
    groups = dbt.ref("survival_groups")
    return weigh_evidence(
        followup.df(), groups.df(), **dbt.config.meta_get("thresholds")
    )
