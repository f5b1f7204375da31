"""The probability of every user."""

from __future__ import annotations

import pandas as pd
import pytest

from prediction_cases import crawl_users
from refugee_adaptation.retention import (
    estimates,
)
from refugee_adaptation.retention.risks import predict_risk


def test_risks_are_calibrated_and_have_an_interval() -> None:
    users = crawl_users(600, seed=8)
    users.loc[:99, "is_retained"] = pd.NA
    risks = predict_risk(users, draws=60)
    retained = risks[risks["label"] == "retained"].set_index("user_number")
    assert len(retained) == 600
    assert not retained.loc[:99, "is_out_of_fold"].any()
    assert (retained["probability_low"] <= retained["probability"]).all()
    assert (retained["probability_high"] >= retained["probability"]).all()
    known = users.loc[100:, "is_retained"].to_numpy(dtype=bool)
    told = retained.loc[100:, "probability"].to_numpy()
    assert told.mean() == pytest.approx(known.mean(), abs=0.01)
    assert estimates.calibration(known, told).slope == pytest.approx(1, abs=0.15)


def test_an_interval_holds_its_estimate_when_all_users_are_alike() -> None:
    users = crawl_users(300, seed=9)
    outcome = users["is_retained"].copy()
    users = pd.concat([users.head(1)] * 300, ignore_index=True).assign(
        user_id=users["user_id"].to_numpy(),
        user_number=users["user_number"].to_numpy(),
        is_retained=outcome.to_numpy(),
    )
    risks = predict_risk(users, draws=60)
    assert len(risks) > 0
    assert (risks["probability_low"] <= risks["probability"]).all()
    assert (risks["probability_high"] >= risks["probability"]).all()


def test_too_few_bootstrap_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="leave every user out"):
        predict_risk(crawl_users(100), draws=49)
