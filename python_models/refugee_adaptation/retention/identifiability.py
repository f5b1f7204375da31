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
    "commenter_count": "int64",
    "posting_commenter_share": "float64",
    "sampling_share": "float64",
    "daily_dispersion": "float64",
    "capped_p_value": "float64",
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
    density: pd.DataFrame,
    *,
    min_users: int = 30,
    min_events: int = 10,
    min_sampling_share: float = 0.4,
    capped_alpha: float = 0.001,
    max_gap_days: float = 2.0,
) -> pd.DataFrame:
    """Decide for every group whether the crawl identifies its retention.

    Not seen again means gone only where the crawl would have seen it, so the crawl has
    to show itself dense. People: a sample in which most users are met once comes from a
    much larger pool (Chao's lower bound), but one in which the same people are met
    again and again need not be whole. Whoever comments under the posts of others is met
    whether or not the crawl holds posts of theirs; the share of them who are seen to
    post is a second look. The sampling share is the smaller of both: the second counts
    people who never post as missed, so a whole crawl with many of them is refused too.
    Posts: a search that shows a number of results a day gives days that differ less
    than chance (Poisson) does. And people who are known to be present must not go
    unseen for long.

    What no crawl can show: a third of the posts of people who post three times as often
    looks the same as all of them. The limit of the gap is the only guard, and stands
    for how often people are taken to be active at most.

    Args:
        followup: ``int_retention__followup``, one row per user and outcome:
            user_id, outcome, duration_days, is_event, observation_count (times the user
            was met), gap_count and seen_span_days (gaps between consecutive
            observations while followed, and their sum), is_in_first_wave,
            is_in_later_wave, declared_comment_count and covered_comment_count (comments
            under the user's posts).
        groups: One row per user and grouping: user_id, grouping, group_name.
        density: ``int_retention__density``, one row: commenter_count (people who
            comment under posts of others), posting_commenter_share, daily_dispersion
            (variance of the posts of a day over their mean, within waves) and
            free_day_count (its degrees of freedom).
        min_users: Users a curve needs, and commenters a share of them.
        min_events: Events a curve needs.
        min_sampling_share: Share of the people that the crawl must show it holds.
        capped_alpha: P value below which days are taken to be cut off at a number.
        max_gap_days: Mean gap between a user's observations above which nothing is
            identifiable.

    Returns:
        One row per outcome, grouping and group with the evidence (counts in users;
        shares 0 to 1; sampling_share is null where too few people comment;
        mean_gap_days pools the gaps of all users and is null where nobody is met
        twice), is_identifiable and, where it is false, the reason as a message and in
        words. Groups without a followed user have a row too.

    Source: Chao (1987); rule of three: Hanley and Lippman-Hand (1983); index of
        dispersion: Fisher, Thornton and Mackenzie (1922),
        doi:10.1111/j.1744-7348.1922.tb05962.x.
    """
    if groups.empty:
        return empty_frame(_EVIDENCE_TYPES)
    rows: list[dict[str, object]] = []
    cells = groups[["grouping", "group_name"]].drop_duplicates()
    cells = cells.sort_values(["grouping", "group_name"])
    shown = _shown(density, min_users)
    for outcome in OUTCOMES:
        part = followup[followup["outcome"] == outcome]
        later = int(part["is_in_later_wave"].sum())
        joined = groups.merge(part, on="user_id")
        by_group = dict(iter(joined.groupby(["grouping", "group_name"])))
        for grouping, group_name in cells.itertuples(index=False):
            users = by_group.get((grouping, group_name), joined.iloc[:0])
            row = _evidence(users, later) | shown
            row |= {"outcome": outcome, "grouping": grouping, "group_name": group_name}
            row["sampling_share"] = float(
                np.minimum(_pool_share(row), row["posting_commenter_share"])
            )
            reason = (
                _refusal(row, min_users, min_events, min_sampling_share)
                or _density_refusal(row, min_users, min_sampling_share, capped_alpha)
                or _gap_refusal(row["mean_gap_days"], max_gap_days)
            )
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


def _shown(density: pd.DataFrame, min_users: int) -> dict[str, Any]:
    """What the crawl as a whole shows of its density."""
    from scipy.stats import chi2

    row = density.iloc[0]
    people = int(row["commenter_count"])
    free, dispersion = int(row["free_day_count"]), float(row["daily_dispersion"])
    return {
        "commenter_count": people,
        "posting_commenter_share": float(row["posting_commenter_share"])
        if people >= min_users
        else np.nan,
        "daily_dispersion": dispersion,
        "capped_p_value": float(chi2.cdf(free * dispersion, free)) if free else np.nan,
    }


def _pool_share(row: dict[str, Any]) -> float:
    """Upper bound of the share of active people that is seen; NaN for nobody."""
    pool = row["pool_low_count"]
    return row["user_count"] / pool if pool else np.nan


def _density_refusal(
    row: dict[str, Any], min_users: int, min_share: float, alpha: float
) -> str | None:
    """The message why the crawl does not show itself dense, or None."""
    people, share = row["commenter_count"], row["posting_commenter_share"]
    if people < min_users:
        return message("too_few_commenters", people=people, least=min_users)
    if share < min_share:
        return message(
            "commenters_not_seen_posting", people=people, share=share, least=min_share
        )
    if row["capped_p_value"] < alpha:
        return message("days_cut_off", ratio=row["daily_dispersion"])
    return None


def _refusal(
    row: dict[str, Any], min_users: int, min_events: int, min_share: float
) -> str | None:
    """The message why a group's retention is not identifiable, or None."""
    users, once, pool = row["user_count"], row["seen_once_count"], row["pool_low_count"]
    seen = _pool_share(row)
    if users == 0:
        return message("nobody_of_group_followed")
    if users < min_users:
        return message("too_few_followed", users=users, least=min_users)
    if seen < min_share:
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
            share=seen,
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
