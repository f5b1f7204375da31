"""How long users were followed and how that ended, counted by group.

The meaning of an event, of the end of a crawl and of a group is decided in SQL
(``int_retention__followup``).
"""

from __future__ import annotations

import pandas as pd

from refugee_adaptation.shared.frames import stacked_frame

OUTCOMES = ("second_post", "second_activity", "still_active")
"""What a curve follows; see ``int_retention__followup``."""
GROUP = ["outcome", "grouping", "group_name"]
_MEMBER_TYPES: dict[str, str] = {
    "user_id": "string",
    "user_number": "int64",
    "grouping": "string",
    "group_name": "string",
}


def add_adaptation_groups(
    groups: pd.DataFrame, assignments: pd.DataFrame
) -> pd.DataFrame:
    """Add the grouping by adaptation group to those known at the first post.

    Args:
        groups: ``int_retention__groups``: user_id, user_number, grouping, group_name.
        assignments: ``adaptation_cluster_assignments``: user_id, group_name. The group
            is found from the whole crawl, in hindsight.

    Returns:
        Both, one row per user and grouping, sorted by user_number and grouping.
    """
    numbers = groups[["user_id", "user_number"]].drop_duplicates()
    found = assignments[["user_id", "group_name"]].merge(numbers, on="user_id")
    found["grouping"] = "adaptation_group"
    both = stacked_frame([groups, found], _MEMBER_TYPES)
    return both.sort_values(["user_number", "grouping"], ignore_index=True)


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
