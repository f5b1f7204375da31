"""Cox hazards: planted, too few, and refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lifetime_cases import cox_users
from refugee_adaptation.retention import (
    hazards,
)
from refugee_adaptation.wording.messages import message


def test_cox_finds_the_planted_hazard() -> None:
    table = hazards.cox_hazards(
        cox_users(800, -0.5), ["diversity", "constant"], factors=["place"]
    )
    assert table["covariate"].tolist()[0] == "diversity"
    assert "constant" not in table["covariate"].tolist()
    row = table.iloc[0]
    assert row["hazard_ratio_low"] < np.exp(-0.5) < row["hazard_ratio_high"]
    assert row["proportionality_p_value"] > 0.01
    place = table.iloc[1]
    assert place["hazard_ratio_low"] < 1 < place["hazard_ratio_high"]


def test_cox_of_many_users_is_fitted_on_a_sample_whatever_their_order() -> None:
    users = cox_users(2000, -0.5).assign(user_number=range(2000))
    table = hazards.cox_hazards(users, ["diversity"], max_users=800)
    row = table.iloc[0]
    assert row["user_count"] == 800
    assert row["hazard_ratio_low"] < np.exp(-0.5) < row["hazard_ratio_high"]
    shuffled = users.sample(frac=1, random_state=3)
    again = hazards.cox_hazards(shuffled, ["diversity"], max_users=800)
    pd.testing.assert_frame_equal(table, again)


def test_cox_refuses_too_few_events() -> None:
    table = hazards.cox_hazards(cox_users(9, 0), ["diversity"])
    assert table["covariate"].tolist() == ["(none)"]
    assert "1 covariates need 10" in table["reason"].iloc[0]
    assert table["hazard_ratio"].isna().all()


def test_cox_joins_rare_levels() -> None:
    users = cox_users(300, 0).assign(place=["rare"] * 5 + ["a"] * 150 + ["b"] * 145)
    table = hazards.cox_hazards(users, ["diversity"], factors=["place"])
    assert table["covariate"].tolist() == ["diversity", "place: b (against a)"]


def test_cox_refuses_what_the_crawl_cannot_tell() -> None:
    evidence = pd.DataFrame(
        {
            "outcome": ["still_active"],
            "grouping": ["all"],
            "group_name": ["all"],
            "is_identifiable": [False],
            "reason_message": [message("nobody_met_twice")],
        }
    )
    table = hazards.cox_hazards(cox_users(800, 0.5), ["diversity"], evidence=evidence)
    assert table["reason"].tolist() == ["no user is met twice while followed"]
