"""Lifetimes by group, and tables without any."""

from __future__ import annotations

import pandas as pd

from lifetime_cases import lifetimes
from refugee_adaptation.retention import (
    curves,
)
from refugee_adaptation.retention.lifetimes import (
    keep_identified,
)


def test_groups_that_are_not_identified_are_not_compared() -> None:
    rows = lifetimes([1.0] * 40, [True] * 40)
    evidence = pd.DataFrame(
        {
            "outcome": "still_active",
            "grouping": "all",
            "group_name": ["all", "else"],
            "is_identifiable": [True, False],
        }
    )
    kept = keep_identified(rows.assign(group_name=["all", "else"] * 20), evidence)
    assert kept["group_name"].unique().tolist() == ["all"]
    test = curves.log_rank_tests(kept, evidence)
    assert test["p_value"].isna().all()
    assert "1 of 2 groups" in test["reason"].iloc[0]
