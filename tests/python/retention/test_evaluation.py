"""Models beside their baselines on users they have not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from prediction_cases import crawl_users
from refugee_adaptation.planted import retention as planted
from refugee_adaptation.retention import (
    early_features,
    evaluation,
    feature_readings,
)
from refugee_adaptation.retention.risks import predict_risk
from refugee_adaptation.wording.messages import message


def test_hindsight_in_the_table_changes_no_prediction() -> None:
    users = crawl_users(200)
    leaky = users.assign(
        log_like_count=users["is_retained"].astype(float), post_count=99, post_hour=3
    )
    pd.testing.assert_frame_equal(
        evaluation.predict_held_out(users, repeats=1),
        evaluation.predict_held_out(leaky, repeats=1),
    )


def test_permutation_p_value() -> None:
    drawn = planted.planted_users(400, base_rate=0.3, seed=4)
    assert (
        evaluation.permutation_p_value(drawn.features, drawn.outcome, draws=19) == 0.05
    )
    noise = np.random.default_rng(0).permutation(drawn.outcome)
    assert evaluation.permutation_p_value(drawn.features, noise, draws=19) > 0.05


# --- tables -------------------------------------------------------------------------


def test_below_thirty_positives_there_is_no_auc() -> None:
    users = crawl_users(500, seed=5)
    users["is_retained"] = pd.array(np.arange(500) < 29, dtype="boolean")
    held = evaluation.predict_held_out(users, repeats=1)
    assert set(held["label"]) == {"repeat_post"}
    scores = evaluation.score_predictions(held, users, permutations=0)
    refused = scores[scores["label"] == "retained"]
    assert refused["roc_auc"].isna().all()
    assert not refused["is_estimable"].any()
    whole = refused[refused["validation"] == "repeated_cv"]
    assert (whole["majority_accuracy_share"] == 1 - 29 / 500).all()
    assert "29 of 500 users are active again" in whole["reason"].iloc[0]
    assert "94.20%" in whole["reason"].iloc[0]
    risks = predict_risk(users, draws=50)
    assert set(risks["label"]) == {"repeat_post"}


def test_the_model_stands_beside_its_baselines() -> None:
    users = crawl_users(400)
    held = evaluation.predict_held_out(users, repeats=2)
    scores = evaluation.score_predictions(held, users, permutations=19)
    assert len(scores) == 2 * 2 * 6
    row = scores.set_index(["label", "model", "validation"])
    model = row.loc[("retained", "logistic", "repeated_cv")]
    assert model["roc_auc_low"] > 0.6
    assert model["permutation_p_value"] == 0.05
    assert model["brier_score"] < model["brier_base_score"]
    age = row.loc[("retained", "account_age_only", "repeated_cv")]
    assert 0.5 <= age["roc_auc"] < 0.6
    assert age["roc_auc_low"] < 0.5 < age["roc_auc_high"]
    temporal = row.loc[("retained", "logistic", "temporal_split")]
    assert temporal["user_count"] == 120
    assert temporal["roc_auc_low"] > 0.5
    # 28 days are not over for anybody before the last 30 % arrive
    assert temporal["known_in_time_share"] == 0


def test_a_ranking_is_one_direction_throughout() -> None:
    users = crawl_users(400, signal=0)
    # older accounts leave: the better direction is downwards
    users["log_account_age_days"] = -users["is_retained"].astype(float)
    held = evaluation.predict_held_out(users, repeats=1)
    assert "account_age_only" not in set(held["model"])
    scores = evaluation.score_predictions(held, users, permutations=0)
    row = scores.set_index(["label", "model", "validation"])
    age = row.loc[("retained", "account_age_only", "repeated_cv")]
    assert age["roc_auc"] == age["pr_auc"] == 1
    # a rank is no probability
    nothing = ["accuracy_share", "brier_score", "calibration_slope"]
    assert age[nothing].isna().all()


def test_the_length_of_follow_up_alone_can_be_the_best() -> None:
    users = crawl_users(400, signal=0)
    chance = np.random.default_rng(1).random(400)
    users["is_repeat_poster"] = pd.array(
        chance < users["followed_days"] / 50, dtype="boolean"
    )
    held = evaluation.predict_held_out(users, repeats=1)
    scores = evaluation.score_predictions(held, users, permutations=0)
    row = scores.set_index(["label", "model", "validation"])["roc_auc"]
    assert row["repeat_post", "follow_up_length_only", "repeated_cv"] > 0.7
    assert row["repeat_post", "logistic", "repeated_cv"] < 0.6


def test_retained_is_refused_where_the_crawl_cannot_tell_who_is_seen_again() -> None:
    users = crawl_users(300)
    evidence = pd.DataFrame(
        {
            "outcome": ["second_activity", "still_active"],
            "grouping": "all",
            "is_identifiable": [False, True],
            "reason_message": [message("nobody_met_twice"), None],
        }
    )
    held = evaluation.predict_held_out(users, evidence=evidence, repeats=1)
    assert set(held["label"]) == {"repeat_post"}
    scores = evaluation.score_predictions(
        held, users, evidence=evidence, permutations=0
    )
    refused = scores[scores["label"] == "retained"]
    assert (refused["reason"] == "no user is met twice while followed").all()
    assert scores.loc[scores["label"] == "repeat_post", "is_estimable"].all()
    risks = predict_risk(users, evidence=evidence, draws=50)
    assert set(risks["label"]) == {"repeat_post"}
    # said before how few are seen again, which reads like a share
    unseen = users.assign(is_retained=pd.array([False] * 300, dtype="boolean"))
    scores = evaluation.score_predictions(
        held, unseen, evidence=evidence, permutations=0
    )
    assert scores["reason"].iloc[0] == "no user is met twice while followed"
    told = evidence.assign(is_identifiable=True)
    held = evaluation.predict_held_out(users, evidence=told, repeats=1)
    assert set(held["label"]) == {"retained", "repeat_post"}


def test_a_temporal_split_that_cannot_be_made_says_so() -> None:
    users = crawl_users(300, seed=6)
    late = users["first_post_at"] > users["first_post_at"].quantile(0.65)
    users["is_retained"] = pd.array(users["is_retained"] & ~late, dtype="boolean")
    held = evaluation.predict_held_out(users, repeats=1)
    scores = evaluation.score_predictions(held, users, permutations=0)
    row = scores.set_index(["label", "model", "validation"])
    temporal = row.loc[("retained", "logistic", "temporal_split")]
    assert pd.isna(temporal["roc_auc"])
    assert "0 of the 90 later users" in temporal["reason"]
    assert row.loc[("retained", "logistic", "repeated_cv"), "is_estimable"]


def test_neither_row_order_nor_pseudonyms_matter() -> None:
    users = crawl_users(150)
    other = users.sample(frac=1, random_state=1)
    other["user_id"] = [f"other {number}" for number in range(len(other))]
    first = evaluation.predict_held_out(users, repeats=1)
    second = evaluation.predict_held_out(other, repeats=1)
    left = first.drop(columns="user_id")
    pd.testing.assert_frame_equal(left, second.drop(columns="user_id"))
    risks = predict_risk(users, draws=50).drop(columns="user_id")
    again = predict_risk(other, draws=50).drop(columns="user_id")
    pd.testing.assert_frame_equal(risks, again)


def test_missing_values_are_filled_within_the_training_folds() -> None:
    users = crawl_users(200)
    users.loc[::3, "han_share"] = np.nan
    users["is_video"] = users["is_video"].astype("boolean")
    users.loc[::4, "is_video"] = pd.NA
    held = evaluation.predict_held_out(users, repeats=1)
    assert held["probability"].notna().all()


def test_nothing_in_nothing_out() -> None:
    empty = crawl_users(10).iloc[:0]
    held = evaluation.predict_held_out(empty)
    assert held.empty
    assert predict_risk(empty).empty
    scores = evaluation.score_predictions(held, empty)
    assert len(scores) == 24
    assert not scores["is_estimable"].any()
    assert scores["reason"].str.contains("followed long enough").all()
    assert len(feature_readings.describe_features(empty)) == 2 * len(
        early_features.REGISTRY
    )


def test_a_model_must_beat_its_baselines() -> None:
    rows = [
        ("retained", "logistic", 0.80, 0.75, 0.01, True, True),
        ("retained", "account_age_only", 0.60, 0.55, None, True, False),
        ("retained", "crawl_format_only", 0.70, 0.65, None, True, False),
        # shuffled labels match it, and so does the format of the crawl
        ("repeat_post", "logistic", 0.60, 0.55, 0.2, False, False),
        ("repeat_post", "account_age_only", 0.50, 0.45, None, False, False),
        ("repeat_post", "crawl_format_only", 0.58, 0.53, None, True, False),
        # the length of follow-up alone ranks as well
        ("first_day", "logistic", 0.80, 0.75, 0.01, True, False),
        ("first_day", "account_age_only", 0.60, 0.55, None, True, False),
        ("first_day", "follow_up_length_only", 0.76, 0.71, None, True, False),
        ("no_estimate", "logistic", None, None, None, None, None),
    ]
    names = ["label", "model", "roc_auc", "roc_auc_low", "permutation_p_value"]
    scores = pd.DataFrame([row[:5] for row in rows], columns=names)
    table = evaluation.beside_baselines(scores.assign(validation="repeated_cv"))
    for column, place in (("is_above_chance", 5), ("is_above_baselines", 6)):
        found = [None if pd.isna(value) else value for value in table[column]]
        assert found == [row[place] for row in rows]
    assert table["is_candidate"].tolist() == [row[1] == "logistic" for row in rows]
    assert table["crawl_format_roc_auc"].iloc[:6].tolist() == [0.7] * 3 + [0.58] * 3
    assert table["crawl_format_roc_auc"].iloc[6:].isna().all()
