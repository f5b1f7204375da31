"""Kaplan-Meier curves and log-rank tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lifetime_cases import lifetimes
from refugee_adaptation.planted import retention as planted
from refugee_adaptation.retention import (
    curves,
)


def test_a_curve_by_hand() -> None:
    # Kaplan-Meier on paper: 6 users, events after .5, 1.5 and 3, one lost after 1
    curve = curves.kaplan_meier_curves(
        lifetimes(
            [0.5, 1.0, 1.5, 3.0, 4.0, 4.0], [True, False, True, True, False, False]
        )
    )
    assert curve["at_risk_count"].tolist() == [6, 6, 4, 3, 2]
    assert curve["event_count"].tolist() == [0, 1, 1, 1, 0]
    assert curve["censored_count"].tolist() == [0, 1, 0, 0, 2]
    expected = [1, 5 / 6, 5 / 6 * 3 / 4, 5 / 6 * 3 / 4 * 2 / 3, 5 / 6 * 3 / 4 * 2 / 3]
    assert curve["survival_share"].to_numpy() == pytest.approx(expected)
    assert (curve["survival_low_share"] <= curve["survival_share"]).all()
    assert (curve["survival_high_share"] >= curve["survival_share"]).all()


def test_nobody_left_is_not_certainty() -> None:
    curve = curves.kaplan_meier_curves(lifetimes([1.0] * 20, [False] * 20))
    assert curve["survival_share"].tolist() == [1, 1]
    # the exact binomial bound of 0 in 20
    assert curve["survival_low_share"].iloc[0] == pytest.approx(0.025 ** (1 / 20))


def test_everybody_left_ends_at_zero_with_an_open_interval() -> None:
    curve = curves.kaplan_meier_curves(lifetimes([1.0, 2.0, 3.0], [True] * 3))
    assert curve["survival_share"].iloc[-1] == 0
    assert curve["survival_low_share"].iloc[-1] == 0
    assert curve["survival_high_share"].iloc[-1] > 0


def test_weights_are_users() -> None:
    single = lifetimes([1.0, 1.0, 2.0], [True, True, False])
    joined = lifetimes([1.0, 2.0], [True, False]).assign(user_count=[2, 1])
    pd.testing.assert_frame_equal(
        curves.kaplan_meier_curves(single), curves.kaplan_meier_curves(joined)
    )


def test_row_order_does_not_matter() -> None:
    crawl = planted.planted_crawl(users=80, seed=3)
    _, curve = planted.read_crawl(crawl)
    _, other = planted.read_crawl(crawl.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(curve, other)


def test_a_whole_crawl_finds_the_planted_curve() -> None:
    crawl = planted.planted_crawl(users=600, posts_per_day=4, half_life_days=8, seed=1)
    evidence, curve = planted.read_crawl(crawl)
    assert bool(evidence["is_identifiable"].iloc[0])
    day = curve.set_index("day")
    for after in (7, 14, 21):
        truth = float((crawl["true_days"] > after).mean())
        # last seen is a little before last active: the curve may only lie below
        assert day.loc[after, "survival_low_share"] - 0.05 < truth
        assert truth < day.loc[after, "survival_high_share"] + 0.05
        assert abs(day.loc[after, "survival_share"] - truth) < 0.06


def test_the_curve_is_the_truth_times_the_share_of_sightings_that_go_on() -> None:
    """With constant rates, and so the mean gap is the time by which it is too early."""
    crawl = planted.planted_crawl(users=4000, half_life_days=8, seed=2)
    evidence, curve = planted.read_crawl(crawl)
    leaving = np.log(2) / 8
    goes_on = 1 / (1 + leaving)
    day = curve.set_index("day")["survival_share"]
    assert day[0] == pytest.approx(goes_on, abs=0.02)
    assert day[8] == pytest.approx(goes_on / 2, abs=0.03)
    assert evidence["mean_gap_days"].iloc[0] == pytest.approx(goes_on, abs=0.05)


def test_the_ceiling_is_the_curve_after_the_first_day() -> None:
    # 2 of 8 leave within a day; of the 6 others one leaves by day 2, one by day 3
    durations = [0.0, 0.5, 2.0, 3.0, 4.0, 4.0, 4.0, 4.0]
    events = [True] * 4 + [False] * 4
    curve = curves.kaplan_meier_curves(lifetimes(durations, events))
    later = curves.kaplan_meier_curves(lifetimes(durations[2:], events[2:]))
    ceiling = curve["survival_ceiling_share"].tolist()
    assert ceiling[:2] == [1, 1]
    assert ceiling[2:] == later["survival_high_share"].tolist()[2:]


def test_log_rank_separates_groups_and_keeps_its_level_under_the_null() -> None:
    generator = np.random.default_rng(2)

    def two_groups(scale: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        first, second = generator.exponential(5, 200), generator.exponential(scale, 200)
        rows = lifetimes([*first, *second], [True] * 400)
        rows["grouping"] = "cohort"
        rows["group_name"] = ["a"] * 200 + ["b"] * 200
        cells = rows[["outcome", "grouping", "group_name"]].drop_duplicates()
        return rows, cells.assign(is_identifiable=True)

    apart = curves.log_rank_tests(*two_groups(10))
    assert apart["p_value"].iloc[0] < 1e-6
    null = [curves.log_rank_tests(*two_groups(5))["p_value"].iloc[0] for _ in range(60)]
    assert np.mean(np.array(null) < 0.05) < 0.15
