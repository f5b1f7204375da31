"""Natural breaks against every possible division, and tiers of engagement."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.adaptation.tiers import (
    TIER_DTYPES,
    engagement_tiers,
    natural_breaks,
)


def users(engagement: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": [f"u{number}" for number in range(len(engagement))],
            "user_number": range(len(engagement)),
            "log_engagement": pd.Series(engagement, dtype="float64"),
            "like_mean": 1.0,
            "post_count": 1,
        }
    )


def by_trying(values: np.ndarray, classes: int) -> float:
    """The largest explained share of all divisions of the sorted values."""
    ordered = np.sort(values)
    everything = ((ordered - ordered.mean()) ** 2).sum()
    inside = [
        sum(((part - part.mean()) ** 2).sum() for part in np.split(ordered, list(cuts)))
        for cuts in combinations(range(1, len(ordered)), classes - 1)
    ]
    return 1 - min(inside) / everything


@pytest.mark.parametrize("classes", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_breaks_are_the_best_of_all_divisions(seed: int, classes: int) -> None:
    values = np.random.default_rng(seed).gamma(1, size=14).round(1)
    found = natural_breaks(values, classes)
    assert found.explained_share == pytest.approx(by_trying(values, classes))
    assert len(found.highest) == classes
    assert found.highest[-1] == values.max()
    parts = np.split(
        np.sort(values), np.searchsorted(np.sort(values), found.highest, "right")[:-1]
    )
    inside = sum(((part - part.mean()) ** 2).sum() for part in parts)
    everything = ((values - values.mean()) ** 2).sum()
    assert 1 - inside / everything == pytest.approx(found.explained_share)


def test_tiers_are_cut_at_the_natural_breaks() -> None:
    table = engagement_tiers(users([0.0, 0.2, 0.1, 5.0, 5.3, 20.0, 19.5, None]))
    assert table["tier"].tolist() == [
        *["low"] * 3,
        *["middle"] * 2,
        *["high"] * 2,
        "undivided",
    ]
    assert table["explained_share"].between(0.99, 1).all()


@pytest.mark.parametrize("engagement", [[], [None], [0.0, 0.0, 4.0]])
def test_two_levels_of_engagement_make_no_tiers(engagement: list[float | None]) -> None:
    table = engagement_tiers(users(engagement))
    assert table.dtypes.astype(str).to_dict() == TIER_DTYPES
    assert (table["tier"] == "undivided").all()
    assert table["explained_share"].isna().all()
