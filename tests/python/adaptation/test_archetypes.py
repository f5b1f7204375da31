"""Archetypes as scales, and the share of people in a group."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.adaptation.archetypes import (
    SCORE_DTYPES,
    coefficient_alpha,
    score_archetypes,
)
from refugee_adaptation.adaptation.clustering import Settings, select_clusters
from refugee_adaptation.planted.groups import GROUPS, planted_groups

QUICK = Settings(
    seed=5,
    max_clusters=3,
    null_draws=19,
    bootstrap_draws=15,
    gap_draws=2,
    max_users=300,
)


def parallel_items(people: int, items: int, trait: float, seed: int) -> np.ndarray:
    """Items that share a trait of this standard deviation, each with noise of 1."""
    rng = np.random.default_rng(seed)
    return trait * rng.normal(size=(people, 1)) + rng.normal(size=(people, items))


def test_alpha_is_that_of_parallel_items() -> None:
    # Spearman and Brown: k t2 / (k t2 + 1)
    alpha, error = coefficient_alpha(parallel_items(20_000, 6, 0.5, seed=1))
    assert alpha == pytest.approx(6 * 0.25 / (6 * 0.25 + 1), abs=0.01)
    assert 0 < error < 0.01
    alpha, _ = coefficient_alpha(parallel_items(20_000, 6, 0.0, seed=2))
    assert alpha == pytest.approx(0, abs=0.03)


def test_its_interval_holds_the_truth_as_often_as_it_says() -> None:
    truth, held = 5 * 0.36 / (5 * 0.36 + 1), 0
    for seed in range(400):
        alpha, error = coefficient_alpha(parallel_items(150, 5, 0.6, seed))
        held += abs(alpha - truth) < 1.96 * error
    assert 0.92 <= held / 400 <= 0.98


def test_one_sign_is_no_scale() -> None:
    assert np.isnan(coefficient_alpha(np.ones((50, 3)))[0])
    assert np.isnan(coefficient_alpha(parallel_items(50, 1, 1, seed=1))[0])
    assert np.isnan(coefficient_alpha(np.empty((0, 4)))[0])
    mixed = np.c_[parallel_items(80, 3, 1, seed=1), np.ones(80)]
    assert coefficient_alpha(mixed)[0] == coefficient_alpha(mixed[:, :3])[0]


def scored(people: pd.DataFrame, weights: pd.DataFrame, fit: Settings) -> pd.DataFrame:
    selection = select_clusters(people, weights, fit)
    scores = score_archetypes(people, weights, selection, "gmm", fit, 0.5)
    assert list(scores.columns) == list(SCORE_DTYPES)
    return scores.set_index("archetype")


def test_shares_of_groups_that_overlap_hold_the_truth() -> None:
    shares, held, seen = (0.2, 0.3, 0.5), 0, 0
    for seed in range(12):
        sample = planted_groups(400, 2.0, seed, shares)
        scores = scored(sample.frame, sample.weights, QUICK)
        for name, share in zip(GROUPS, shares, strict=True):
            row = scores.loc[name]
            if np.isfinite(row["share"]):
                seen += 1
                held += row["share_low"] <= share <= row["share_high"]
    assert seen >= 24
    assert held / seen >= 0.85


def test_hosts_are_compared_and_make_nothing() -> None:
    sample = planted_groups(300, 2.5, seed=3)
    alone = scored(sample.frame, sample.weights, QUICK)
    hosts = sample.frame.assign(standing="host")
    hosts["imitator_words"] += 50
    both = scored(pd.concat([sample.frame, hosts]), sample.weights, QUICK)
    same = [name for name in SCORE_DTYPES if not name.startswith(("host", "arche"))]
    pd.testing.assert_frame_equal(alone[same], both[same])
    assert both["host_count"].tolist() == [300, 300, 300]
    assert both.loc["imitator", "host_difference_low"] > 1
    assert both.loc["social_explorer", "host_difference"] == pytest.approx(0)
    assert alone["host_difference"].isna().all()


@pytest.mark.parametrize("people", [0, 1, 59])
def test_of_few_people_nothing_is_said(people: int) -> None:
    sample = planted_groups(people, 3.0, seed=1)
    scores = scored(sample.frame, sample.weights, dataclasses.replace(QUICK))
    assert scores["member_count"].tolist() == [people] * 3
    unsaid = ["alpha", "score_median", "host_difference", "share", "measurement_error"]
    assert scores[unsaid].isna().all(axis=None)
    assert not scores["is_one_trait"].any()
    assert scores["reason"].str.startswith("too few").all()
