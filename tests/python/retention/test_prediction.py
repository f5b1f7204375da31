"""Prediction of retention: leakage, estimates, targets on planted truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from refugee_adaptation.planted import retention as planted
from refugee_adaptation.retention import (
    early_features,
    estimates,
    evaluation,
    feature_readings,
    models,
)
from refugee_adaptation.retention.risks import predict_risk


def crawl_users(size: int, *, signal: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Authors as `int_retention__features` gives them, with a planted signal."""
    generator = np.random.default_rng(seed)
    users = pd.DataFrame(
        {
            feature.name: generator.normal(size=size)
            for feature in early_features.REGISTRY
            if feature.known_at in early_features.MOMENTS
        }
    )
    chance = 1 / (1 + np.exp(1 - signal * users["log_text_length"]))
    users["is_video"] = generator.random(size) < 0.5
    for bit in early_features.FORMAT_BITS:
        users[bit] = generator.random(size) < 0.3
    users["crawl_format"] = "mediacrawler"
    users["followed_days"] = generator.uniform(0, 40, size)
    users["source_file"] = np.where(generator.random(size) < 0.5, "a.csv", "b.csv")
    users["is_retained"] = pd.array(generator.random(size) < chance, dtype="boolean")
    users["is_repeat_poster"] = pd.array(generator.random(size) < 0.5, dtype="boolean")
    users["first_post_at"] = pd.Timestamp("2025-01-13") + pd.to_timedelta(
        generator.uniform(0, 20, size), unit="D"
    )
    for column in ("is_retained_known_at", "is_repeat_poster_known_at"):
        users[column] = users["first_post_at"] + pd.Timedelta(days=28)
    users["user_id"] = [f"{number:016x}" for number in generator.permutation(size)]
    users["user_number"] = np.arange(size)
    return users


# --- leakage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("log_like_count", "as it stood when the crawl ran"),
        ("total_like_count", "after the prediction"),
        ("post_count", "after the prediction"),
        ("has_topic_marker", "crawl's format"),
        ("is_title_missing", "crawl's format"),
        ("is_count_banded", "crawl's format"),
        ("source_file", "crawl's format"),
        ("post_date", "when the crawl looked"),
        ("followed_days", "how long it could see on"),
        ("is_repeat_poster", "outcome itself"),
        ("first_day_log_post_count", "known only at first_day"),
        ("some_new_column", "not registered"),
    ],
)
def test_what_is_not_known_yet_is_refused(name: str, words: str) -> None:
    with pytest.raises(early_features.LeakageError, match=words):
        early_features.known_features("first_post", ["is_video", name])


def test_each_moment_knows_more() -> None:
    known = [set(early_features.known_features(m)) for m in early_features.MOMENTS]
    assert known[0] < known[1]
    assert early_features.known_features("first_post", ["is_video"]) == ["is_video"]


def test_an_unknown_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown moment"):
        early_features.known_features("tomorrow")


def test_hindsight_in_the_table_changes_no_prediction() -> None:
    users = crawl_users(200)
    leaky = users.assign(
        log_like_count=users["is_retained"].astype(float), post_count=99, post_hour=3
    )
    pd.testing.assert_frame_equal(
        evaluation.predict_held_out(users, repeats=1),
        evaluation.predict_held_out(leaky, repeats=1),
    )


def test_the_format_baseline_would_see_a_leak() -> None:
    users = crawl_users(400, signal=0)
    users["has_topic_marker"] = users["is_retained"].astype(bool)
    held = evaluation.predict_held_out(users, repeats=1)
    scores = evaluation.score_predictions(held, users, permutations=0)
    row = scores.set_index(["label", "model", "validation"])
    assert row.loc[("retained", "crawl_format_only", "repeated_cv"), "roc_auc"] > 0.95
    assert row.loc[("retained", "logistic", "repeated_cv"), "roc_auc"] < 0.6
    listed = feature_readings.describe_features(users)
    used = listed[listed["is_used"]]["feature"]
    assert "has_topic_marker" not in set(used)


# --- estimates ----------------------------------------------------------------------


def single_fold(score: np.ndarray) -> models.OutOfFold:
    return models.OutOfFold(score[:, None], np.zeros((len(score), 1), dtype=np.int32))


def test_auc_is_scikit_learns() -> None:
    drawn = planted.planted_users(500, seed=1)
    score = np.round(drawn.oracle, 1)  # with ties
    estimate = estimates.auc_interval(drawn.outcome, single_fold(score))
    assert estimate.value == pytest.approx(roc_auc_score(drawn.outcome, score))


def test_delong_interval_by_hand() -> None:
    # DeLong's variance for 3 positives and 2 negatives, worked on paper:
    # placements 1, 1, .5 (positives) and 1, 2/3 (negatives)
    outcome = np.array([True, True, True, False, False])
    score = np.array([4.0, 3.0, 1.0, 0.0, 2.0])
    estimate = estimates.auc_interval(outcome, single_fold(score))
    value = 5 / 6
    error = np.sqrt(np.var([1, 1, 0.5], ddof=1) / 3 + np.var([1, 2 / 3], ddof=1) / 2)
    reach = 1.959964 * error / (value * (1 - value))
    logit = np.log(value / (1 - value))
    assert estimate.value == pytest.approx(value)
    assert estimate.low == pytest.approx(1 / (1 + np.exp(reach - logit)), abs=1e-6)
    assert estimate.high == pytest.approx(1 / (1 + np.exp(-reach - logit)), abs=1e-6)


def test_a_perfect_ranking_keeps_an_interval() -> None:
    outcome = np.arange(80) >= 40
    estimate = estimates.auc_interval(outcome, single_fold(np.arange(80.0)))
    assert estimate.value == 1
    assert 0.8 < estimate.low < 1


def test_users_are_ranked_within_their_fold_only() -> None:
    outcome = np.array([True, False, True, False])
    fold = np.array([[0], [0], [1], [1]], dtype=np.int32)
    # the second fold's model is on another scale
    shifted = np.array([[0.2], [0.1], [0.02], [0.01]])
    held = models.OutOfFold(shifted, fold)
    assert estimates.auc_interval(outcome, held).value == 1


def test_a_fold_without_positives_is_refused() -> None:
    held = models.OutOfFold(np.zeros((4, 1)), np.array([[0], [0], [1], [1]]))
    with pytest.raises(ValueError, match="both outcomes"):
        estimates.auc_interval(np.array([True, False, False, False]), held)


def test_pr_auc_is_scikit_learns_and_has_an_interval() -> None:
    drawn = planted.planted_users(600, seed=2)
    score = np.round(drawn.oracle, 1)
    estimate = estimates.average_precision_interval(drawn.outcome, score)
    expected = average_precision_score(drawn.outcome, score)
    assert estimate.value == pytest.approx(expected)
    # Boyd et al. by hand: log-odds plus and minus 1.96 / sqrt(n p (1 - p))
    reach = 1.959964 / np.sqrt(drawn.outcome.sum() * expected * (1 - expected))
    low, high = (np.log(expected / (1 - expected)) + side * reach for side in (-1, 1))
    assert estimate.low == pytest.approx(1 / (1 + np.exp(-low)), abs=1e-6)
    assert estimate.high == pytest.approx(1 / (1 + np.exp(-high)), abs=1e-6)


def test_a_perfect_pr_auc_keeps_an_interval() -> None:
    outcome = np.arange(80) >= 40
    estimate = estimates.average_precision_interval(outcome, np.arange(80.0))
    assert estimate.value == estimate.high == 1
    assert 0.8 < estimate.low < 1


def test_pr_auc_intervals_hold_the_truth_on_few_positives() -> None:
    world = planted.planted_users(100_000, base_rate=0.15, seed=1)
    truth = average_precision_score(world.outcome, world.oracle)
    positives, negatives = np.flatnonzero(world.outcome), np.flatnonzero(~world.outcome)
    generator = np.random.default_rng(30)
    held = []
    for _ in range(400):
        # a PR-AUC depends on the base rate, so every sample has that of the world
        drawn = np.concatenate(
            [generator.choice(positives, 30, False), generator.choice(negatives, 170)]
        )
        found = estimates.average_precision_interval(
            world.outcome[drawn], world.oracle[drawn]
        )
        held.append(found.low <= truth <= found.high)
    # a percentile bootstrap holds 91 to 93 %
    assert 0.94 <= np.mean(held) <= 0.99


def test_pr_auc_needs_both_outcomes() -> None:
    with pytest.raises(ValueError, match="both outcomes"):
        estimates.average_precision_interval(np.ones(3, dtype=bool), np.ones(3))


def test_calibration_recognises_overconfidence() -> None:
    drawn = planted.planted_users(20_000, seed=3)
    right = estimates.calibration(drawn.outcome, 1 / (1 + np.exp(-drawn.oracle)))
    assert right.slope == pytest.approx(1, abs=0.1)
    assert right.intercept == pytest.approx(0, abs=0.15)
    assert right.brier < right.brier_base
    loud = estimates.calibration(drawn.outcome, 1 / (1 + np.exp(-2 * drawn.oracle)))
    assert loud.slope == pytest.approx(0.5, abs=0.05)
    flat = estimates.calibration(drawn.outcome, np.full(20_000, 0.15))
    assert flat.slope == 0


def test_too_few_of_an_outcome_for_the_folds() -> None:
    outcome = np.arange(20) < 4
    with pytest.raises(ValueError, match="do not fill 5 folds"):
        models.cross_validate(np.zeros((20, 1)), outcome)


def test_unknown_models_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown model"):
        models.make_model("lstm", 0)


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
            "reason": ["not identifiable: a search sample", None],
        }
    )
    held = evaluation.predict_held_out(users, evidence=evidence, repeats=1)
    assert set(held["label"]) == {"repeat_post"}
    scores = evaluation.score_predictions(
        held, users, evidence=evidence, permutations=0
    )
    refused = scores[scores["label"] == "retained"]
    assert (refused["reason"] == "not identifiable: a search sample").all()
    assert scores.loc[scores["label"] == "repeat_post", "is_estimable"].all()
    risks = predict_risk(users, evidence=evidence, draws=50)
    assert set(risks["label"]) == {"repeat_post"}
    # said before how few are seen again, which reads like a share
    unseen = users.assign(is_retained=pd.array([False] * 300, dtype="boolean"))
    scores = evaluation.score_predictions(
        held, unseen, evidence=evidence, permutations=0
    )
    assert scores["reason"].iloc[0] == "not identifiable: a search sample"
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


def test_the_expected_auc_is_the_mean_over_outcomes() -> None:
    log_odds = np.array([-2.0, -0.5, 0.0, 1.0, 3.0])
    score = np.array([0.1, 0.4, 0.3, 0.2, 0.9])
    chance = 1 / (1 + np.exp(-log_odds))
    pairs = [
        (chance[i] * (1 - chance[j]), score[i] > score[j])
        for i in range(5)
        for j in range(5)
        if i != j
    ]
    weights, won = map(np.array, zip(*pairs, strict=True))
    expected = weights[won].sum() / weights.sum()
    assert planted.expected_auc(score, log_odds) == pytest.approx(expected)


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


def test_missing_values_are_filled_within_the_training_folds() -> None:
    users = crawl_users(200)
    users.loc[::3, "han_share"] = np.nan
    users["is_video"] = users["is_video"].astype("boolean")
    users.loc[::4, "is_video"] = pd.NA
    held = evaluation.predict_held_out(users, repeats=1)
    assert held["probability"].notna().all()


def test_every_registered_feature_is_listed_per_label() -> None:
    listed = feature_readings.describe_features(crawl_users(300))
    assert len(listed) == 2 * len(early_features.REGISTRY)
    assert (listed["is_used"] == listed["reason"].isna()).all()
    text = listed[listed["feature"] == "log_text_length"].set_index("label")
    assert text.loc["retained", "odds_ratio"] > 1.5
    assert text.loc["retained", "single_auc"] > 0.6


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


# --- targets on planted truth -------------------------------------------------------


def test_planted_auc_is_recovered() -> None:
    recovery = planted.auc_recovery(range(20), population=20_000, world_seed=99)
    assert recovery["oracle_auc"].iloc[0] == pytest.approx(0.71, abs=0.01)
    assert abs((recovery["auc"] - recovery["oracle_auc"]).mean()) <= 0.02


def test_shuffled_labels_are_not_predicted() -> None:
    values = []
    for seed in range(20):
        drawn = planted.shuffled_users(2000, seed)
        held = models.cross_validate(drawn.features, drawn.outcome, repeats=1)
        values.append(estimates.auc_interval(drawn.outcome, held).value)
    assert abs(np.mean(values) - 0.5) <= 0.03


def test_the_follow_ups_figures_come_out_of_noise() -> None:
    figures = planted.follow_up_in_kind()
    assert f"{figures.majority_accuracy:.16f}" == "0.9938442597722376"
    assert figures.accuracy == figures.majority_accuracy
    assert figures.positives_found == 0
    assert figures.auc_all_users > 0.70
    assert abs(figures.auc_held_out - 0.5) < 0.15
