"""How long users were followed and how that ended, counted by group.

The meaning of an event, of the end of a crawl and of a group is decided in SQL
(``int_retention__followup``).
"""

from __future__ import annotations

import pandas as pd

OUTCOMES = ("second_post", "second_activity", "still_active")
"""What a curve follows; see ``int_retention__followup``."""
GROUP = ["outcome", "grouping", "group_name"]


def count_lifetimes(followup: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Count the users of every group who share a duration and an end.

    Args:
        followup: ``int_retention__followup``: user_id, outcome, duration_days and
            is_event.
        groups: One row per user and grouping: user_id, grouping, group_name.

    Returns:
        outcome, grouping, group_name, duration_days, is_event and user_count, sorted:
        what the estimators take.
    """
    keys = [*GROUP, "duration_days", "is_event"]
    joined = followup[["user_id", "outcome", "duration_days", "is_event"]].merge(
        groups[["user_id", "grouping", "group_name"]], on="user_id"
    )
    return joined.groupby(keys, sort=True).size().rename("user_count").reset_index()


def keep_identified(lifetimes: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of groups whose retention the crawl identifies.

    Args:
        lifetimes: From :func:`count_lifetimes`.
        evidence: From :func:`weigh_evidence`.

    Returns:
        The rows of identified groups.
    """
    identified = evidence.loc[evidence["is_identifiable"].astype(bool), GROUP]
    return lifetimes.merge(identified, on=GROUP)
