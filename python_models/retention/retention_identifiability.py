"""Whether the crawl can tell the retention of a group."""


def model(dbt, session):
    """Weigh the evidence. One row per outcome, grouping and group."""
    from refugee_adaptation.retention.identifiability import weigh_evidence

    followup = dbt.ref("int_retention__followup")
    groups = dbt.ref("survival_groups").order("user_number, grouping")
    weighed = weigh_evidence(
        followup.df(),
        groups.df(),
        dbt.ref("int_retention__density").df(),
        **dbt.config.meta_get("thresholds"),
    )
    return weighed.assign(
        # nobody is seen after leaving, and most are last seen before it
        is_lower_bound=weighed["outcome"] == "still_active",
        # found from the whole of the crawl
        is_hindsight=weighed["grouping"] == "adaptation_group",
    )
