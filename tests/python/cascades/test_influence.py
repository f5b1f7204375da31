"""Influence against exhaustive permutations and planted truth."""

import itertools

import numpy as np
import pandas as pd
import pytest

from cascade_cases import ACTION_COLUMNS
from refugee_adaptation.cascades.influence import (
    influence_by_role,
    influence_null,
)
from refugee_adaptation.planted.cascades import planted_influence


def test_expected_counts_and_deviations_are_those_of_all_permutations():
    actions = pd.DataFrame(
        [
            (1, 1, 1, 1, 5),
            (2, 1, 1, 1, 0),
            (3, 1, 1, 2, 1),
            (4, 1, 1, 3, 2),
            (5, 2, 2, 1, 7),
            (6, 2, 2, 2, 3),
        ],
        columns=ACTION_COLUMNS,
    )
    totals = [
        first[0] + first[1] + second[0]
        for first in itertools.permutations([5, 0, 1, 2])
        for second in itertools.permutations([7, 3])
    ]
    table = influence_null(actions, draws=10, seed=0, min_actions=1)
    person = table[table["user_number"] == 1].iloc[0]
    assert person["drawn_count"] == 12
    assert person["expected_count"] == pytest.approx(np.mean(totals))
    assert person["null_sd"] == pytest.approx(np.std(totals))
    assert person["cascade_count"] == 2


def test_a_planted_amplifier_is_found_and_ranked_first():
    actions = planted_influence(people=40, cascades=30, comments=12, strength=6, seed=1)
    table = influence_null(actions, draws=300, seed=1).set_index("user_number")
    assert table.loc[1, "p_value_adjusted"] < 0.05
    assert table.loc[1, "influence_rank"] == 1
    assert table.loc[1, "influence_rank_high"] <= 2
    assert (table["p_value_adjusted"] < 0.05).sum() == 1


def test_without_influence_names_are_rarely_named():
    named = [
        (
            influence_null(
                planted_influence(
                    people=30, cascades=15, comments=10, strength=0, seed=seed
                ),
                draws=99,
                seed=seed,
            )["p_value_adjusted"]
            <= 0.05
        ).any()
        for seed in range(60)
    ]
    assert np.mean(named) <= 0.12


def test_dispersion_is_one_without_influence_and_more_with_it():
    flat = planted_influence(people=30, cascades=40, comments=10, strength=0, seed=2)
    plain = influence_null(flat, draws=200, seed=0).iloc[0]
    assert plain["dispersion_null_mean"] == pytest.approx(1, abs=0.1)
    assert plain["dispersion_p_value"] > 0.05
    tall = planted_influence(people=30, cascades=40, comments=10, strength=8, seed=2)
    strong = influence_null(tall, draws=200, seed=0)
    assert strong["dispersion"].eq(strong["dispersion"].iloc[0]).all()
    assert strong["dispersion_p_value"].iloc[0] == 1 / 201


def test_influence_keeps_rank_and_interval_in_order_and_rows_do_not_matter():
    actions = planted_influence(people=20, cascades=10, comments=8, strength=2, seed=4)
    table = influence_null(actions, draws=60, seed=1)
    assert (table["influence_rank_low"] <= table["influence_rank"]).all()
    assert (table["influence_rank"] <= table["influence_rank_high"]).all()
    pd.testing.assert_frame_equal(
        table,
        influence_null(actions.sample(frac=1, random_state=3), draws=60, seed=1),
    )
    untested = table[~table["is_tested"]]
    assert untested["z_score"].isna().all()


def test_roles_are_tested_apart():
    actions = planted_influence(people=20, cascades=10, comments=8, strength=2, seed=4)
    both = pd.concat(
        [
            actions.assign(influence_role="initiator"),
            actions.assign(influence_role="amplifier", drawn_count=1),
        ]
    )
    table = influence_by_role(both, draws=30, seed=1)
    alone = influence_null(actions, draws=30, seed=1)
    found = table[table["influence_role"] == "initiator"].drop(columns="influence_role")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), alone)
    # equal comments leave nothing to shuffle
    shown = table[table["dispersion"].notna()]
    assert set(shown["influence_role"]) == {"initiator"}
