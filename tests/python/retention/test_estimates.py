"""Areas, intervals and calibration, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from refugee_adaptation.planted import retention as planted
from refugee_adaptation.retention import (
    estimates,
    models,
)

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
