"""Whether the crawl can know the retention of a group at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.retention.lifetimes import OUTCOMES
from refugee_adaptation.retention.pools import chao_pool
from refugee_adaptation.shared.frames import empty_frame
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame
from refugee_adaptation.wording.messages import message, nested

_EVIDENCE_TYPES: dict[str, str] = {
    "outcome": "string",
    "grouping": "string",
    "group_name": "string",
    "user_count": "int64",
    "event_count": "int64",
    "median_followup_days": "float64",
    "seen_once_count": "int64",
    "seen_twice_count": "int64",
    "pool_low_count": "float64",
    "sampling_share": "float64",
    "mean_gap_days": "float64",
    "first_wave_count": "int64",
    "later_wave_count": "int64",
    "seen_again_count": "int64",
    "zero_expected_pool": "float64",
    "comment_coverage_share": "float64",
    "is_identifiable": "bool",
    **REASON_TYPES,
}


def weigh_evidence(
    followup: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    min_users: int = 30,
    min_events: int = 10,
    min_sampling_share: float = 0.5,
    max_gap_days: float = 2.0,
) -> pd.DataFrame:
    """Decide for every group whether the crawl identifies its retention.

    Not seen again means gone only where the crawl would have seen it. A sample in which
    most users are met once comes from a much larger pool (Chao's lower bound), and a
    user who stayed is then mostly missed: neither 0 % nor any other share may be read
    from it. The bound errs both ways. A whole population of one-time posters is refused
    too, because nothing in it tells the two apart. And a pool that is only known from
    below makes the share seen an upper bound: a crawl of a tenth of the posts may pass.
    So `still_active` is also asked how long a present user goes unseen: a departure is
    dated at the last observation, on average one gap before it, and the curve lies that
    much too low.

    Args:
        followup: ``int_retention__followup``, one row per user and outcome:
            user_id, outcome, duration_days, is_event, observation_count (times the user
            was met), gap_count and seen_span_days (gaps between consecutive
            observations while followed, and their sum), is_in_first_wave,
            is_in_later_wave, declared_comment_count and covered_comment_count (comments
            under the user's posts).
        groups: One row per user and grouping: user_id, grouping, group_name.
        min_users: Users a curve needs.
        min_events: Events a curve needs.
        min_sampling_share: Share of the pool that the crawl must show.
        max_gap_days: Mean gap between a user's observations above which still_active is
            not identifiable.

    Returns:
        One row per outcome, grouping and group with the evidence (counts in users;
        shares 0 to 1; sampling_share is an upper bound; mean_gap_days pools the gaps
        of all users and is null where nobody is met twice), is_identifiable and, where
        it is false, the reason as a message and in words. Groups without a followed
        user have a row too.

    Source: Chao (1987); rule of three: Hanley and Lippman-Hand (1983).
    """
    if groups.empty:
        return empty_frame(_EVIDENCE_TYPES)
    rows: list[dict[str, object]] = []
    cells = groups[["grouping", "group_name"]].drop_duplicates()
    cells = cells.sort_values(["grouping", "group_name"])
    for outcome in OUTCOMES:
        part = followup[followup["outcome"] == outcome]
        later = int(part["is_in_later_wave"].sum())
        joined = groups.merge(part, on="user_id")
        by_group = dict(iter(joined.groupby(["grouping", "group_name"])))
        for grouping, group_name in cells.itertuples(index=False):
            users = by_group.get((grouping, group_name), joined.iloc[:0])
            row = _evidence(users, later)
            row |= {"outcome": outcome, "grouping": grouping, "group_name": group_name}
            reason = _refusal(row, min_users, min_events, min_sampling_share)
            if reason is None and outcome == "still_active":
                reason = _gap_refusal(row["mean_gap_days"], max_gap_days)
            row |= {"is_identifiable": reason is None, "reason_message": reason}
            rows.append(row)
    return worded_frame(rows, _EVIDENCE_TYPES)


def _evidence(users: pd.DataFrame, later: int) -> dict[str, Any]:
    """Counts of one group that speak for or against a reading of its retention."""
    met = users["observation_count"]
    once, twice = int((met == 1).sum()), int((met == 2).sum())
    pool = chao_pool(len(users), once, twice)
    first = users[users["is_in_first_wave"].astype(bool)]
    declared = float(users["declared_comment_count"].sum())
    gaps = int(users["gap_count"].sum())
    return {
        "user_count": len(users),
        "event_count": int(users["is_event"].sum()),
        "median_followup_days": float(users["duration_days"].median()),
        "seen_once_count": once,
        "seen_twice_count": twice,
        "pool_low_count": pool,
        "sampling_share": len(users) / pool if pool else np.nan,
        "mean_gap_days": float(users["seen_span_days"].sum()) / gaps
        if gaps
        else np.nan,
        "first_wave_count": len(first),
        "later_wave_count": later,
        "seen_again_count": int(first["is_in_later_wave"].sum()),
        "zero_expected_pool": len(first) * later / 3 if later else np.nan,
        "comment_coverage_share": (
            float(users["covered_comment_count"].sum()) / declared
            if declared
            else np.nan
        ),
    }


def _refusal(
    row: dict[str, Any], min_users: int, min_events: int, min_share: float
) -> str | None:
    """The message why a group's retention is not identifiable, or None."""
    users, once, pool = row["user_count"], row["seen_once_count"], row["pool_low_count"]
    if users == 0:
        return message("nobody_of_group_followed")
    if users < min_users:
        return message("too_few_followed", users=users, least=min_users)
    if row["sampling_share"] < min_share:
        first, later = row["first_wave_count"], row["later_wave_count"]
        overlap = message(
            "overlap_of_waves",
            again=row["seen_again_count"],
            first=first,
            later=later,
            zero=row["zero_expected_pool"],
        )
        return message(
            "mostly_seen_once",
            once=once,
            users=users,
            pool=pool,
            share=row["sampling_share"],
            overlap=nested(overlap if first and later else None),
        )
    if row["event_count"] < min_events:
        return message(
            "too_few_events_for_curve",
            events=row["event_count"],
            users=users,
            least=min_events,
        )
    return None


def _gap_refusal(gap: float, most: float) -> str | None:
    """The message why the time of leaving is too uncertain to tell, or None."""
    if gap <= most:
        return None
    if np.isnan(gap):
        return message("nobody_met_twice")
    return message("gaps_too_long", gap=gap, limit=most)
