"""Retention of a whole build against the sample's planted stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import planted_users

pytestmark = pytest.mark.pipeline

Built = Callable[[str], Path]
Query = Callable[..., list[tuple[object, ...]]]

HORIZONS = (1, 7, 14, 28)


def planted_stays() -> dict[str, float]:
    """Days every author of the sample stays, by pseudonym."""
    return {
        user_id: float(row["stay_days"])
        for user_id, row in planted_users().items()
        if row["stay_days"]
    }


def true_shares(
    query: Query, database: Path
) -> dict[tuple[object, object], list[float]]:
    """Share of every group that stays longer than each horizon."""
    stays = planted_stays()
    members: dict[tuple[object, object], list[float]] = {}
    for grouping, group_name, user_id in query(
        database,
        "select grouping, group_name, user_id from methods.survival_groups "
        "inner join intermediate.int_retention__followup using (user_id) "
        "where outcome = 'still_active'",
    ):
        if user_id in stays:
            members.setdefault((grouping, group_name), []).append(stays[str(user_id)])
    return {
        group: [sum(stay > day for stay in found) / len(found) for day in HORIZONS]
        for group, found in members.items()
    }


def test_still_active_is_bounded_on_both_sides(built: Built, query: Query) -> None:
    truth = true_shares(query, built("sample"))
    bounds = query(
        built("sample"),
        "select grouping, group_name, "
        + ", ".join(
            f"retained_{day}d_low_share, retained_{day}d_ceiling_share"
            for day in HORIZONS
        )
        + " from retention_by_group where outcome = 'still_active' and is_identifiable",
    )
    assert len(bounds) > 5
    for grouping, group_name, *ends in bounds:
        true = truth[grouping, group_name]
        for share, low, high in zip(true, ends[::2], ends[1::2], strict=True):
            if low is not None:
                assert float(str(low)) <= share <= float(str(high)), group_name


def test_what_is_refused_would_be_far_too_low(built: Built, query: Query) -> None:
    """Imitators post rarely: their curve has no upper end that holds the truth."""
    database = built("sample")
    [(is_identifiable, reason)] = query(
        database,
        "select is_identifiable, reason from retention_identifiability "
        "where outcome = 'still_active' and group_name = 'imitator'",
    )
    assert not is_identifiable
    assert "days lie between two observations" in str(reason)
    [(high,)] = query(
        database,
        "select survival_high_share from methods.survival_curves "
        "where outcome = 'still_active' and group_name = 'imitator' and day = 7",
    )
    true = true_shares(query, database)["adaptation_group", "imitator"]
    assert float(str(high)) < true[HORIZONS.index(7)] - 0.1
