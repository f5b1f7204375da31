"""Kaplan-Meier curves."""


def model(dbt, session):
    """Estimate the curves. One row per outcome, grouping, group and day."""
    from refugee_adaptation.retention.curves import kaplan_meier_curves
    from refugee_adaptation.retention.lifetimes import count_lifetimes

    followup = dbt.ref("int_retention__followup")
    groups = dbt.ref("survival_groups").order("user_number, grouping")
    return kaplan_meier_curves(count_lifetimes(followup.df(), groups.df()))
