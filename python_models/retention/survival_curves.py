"""Kaplan-Meier curves."""


def model(dbt, session):
    """Estimate the curves. One row per outcome, grouping, group and day."""
    from refugee_adaptation.methods.survival import (
        count_lifetimes,
        kaplan_meier_curves,
    )

    followup = dbt.ref("int_retention__followup")
    groups = dbt.ref("survival_groups")
    return kaplan_meier_curves(count_lifetimes(followup.df(), groups.df()))
