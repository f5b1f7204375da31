"""Shapes of reply trees against random trees."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cascade_cases import cascade_frame
from refugee_adaptation.cascades.forests import random_forests
from refugee_adaptation.cascades.shape import MEAN_OF_CASCADES, shape_null


def test_shape_null_knows_a_chain_from_a_random_tree():
    chain = [-1, *range(11), -1, -1, -1]
    comments = cascade_frame([chain, [-1] * 8, [-1, 0]])
    table = shape_null(comments, draws=300, seed=1)
    # a star and a tree of two comments have nothing to compare
    assert set(table["cascade_number"]) == {MEAN_OF_CASCADES, 1}
    row = table.set_index(["cascade_number", "statistic"]).loc[(1, "depth")]
    assert row["observed"] == 12
    assert row["p_value"] < 0.05
    assert row["z_score"] > 1.5
    mean = table.set_index(["cascade_number", "statistic"]).loc[
        (MEAN_OF_CASCADES, "depth")
    ]
    assert mean["observed"] == 12
    assert mean["null_mean"] == pytest.approx(row["null_mean"])


def test_shape_null_is_calibrated_on_its_own_draws():
    rng = np.random.default_rng(3)
    degrees = [3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    trees = random_forests(degrees, 300, rng)
    table = shape_null(cascade_frame(trees.tolist()), draws=99, seed=5)
    single = table[
        (table["statistic"] == "structural_virality") & (table["cascade_number"] > 0)
    ]
    assert 0.02 <= (single["p_value"] <= 0.05).mean() <= 0.09
    mean = table[table["cascade_number"] == MEAN_OF_CASCADES]
    assert (mean["p_value"].between(0.005, 0.995)).all()


def test_answers_to_anybody_who_is_there_are_chance():
    # the first comments of such trees have most replies, which makes them broad
    rng = np.random.default_rng(8)
    trees = [
        [-1, *(int(rng.integers(-1, k)) for k in range(1, 14))] for _ in range(300)
    ]
    table = shape_null(cascade_frame(trees), draws=99, seed=2)
    mean = table[table["cascade_number"] == MEAN_OF_CASCADES]
    assert mean["p_value"].between(0.03, 0.97).all()


def test_shape_null_does_not_depend_on_the_order_of_rows():
    trees = random_forests([2, 2, 1, 0, 0, 0, 0], 4, np.random.default_rng(0)).tolist()
    comments = cascade_frame([*trees, [-1, 0, 1, 2, 3]])
    shuffled = comments.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        shape_null(comments, draws=50, seed=9), shape_null(shuffled, draws=50, seed=9)
    )


def test_beyond_so_many_comments_a_random_sample_of_trees_is_compared():
    trees = random_forests([2, 2, 1, 0, 0, 0, 0], 40, np.random.default_rng(0)).tolist()
    comments = cascade_frame(trees)
    every = shape_null(comments, draws=50, seed=9)
    some = shape_null(comments, draws=50, seed=9, max_comments=75)
    one = shape_null(comments, draws=50, seed=9, max_comments=1)
    assert some["cascade_number"].nunique() == 11
    assert one["cascade_number"].nunique() == 2
    # a tree in the sample is compared as it is without one
    held = some[some["cascade_number"] > 0]
    same = held.merge(every, on=["cascade_number", "statistic"], suffixes=("", "_all"))
    assert (same["p_value"] == same["p_value_all"]).all()


def test_a_degenerate_shape_has_no_z_score():
    table = shape_null(cascade_frame([[-1, 0, -1, -1, -1, -1]]), draws=20, seed=0)
    depth = table[(table["statistic"] == "depth")]
    assert depth["z_score"].isna().all()
    assert (depth["p_value"] == 1).all()


def test_shape_null_refuses_a_parent_of_another_cascade():
    comments = cascade_frame([[-1, 0], [-1, 0]])
    comments.loc[3, "parent_comment_number"] = 1
    with pytest.raises(ValueError, match="not in the same cascade"):
        shape_null(comments, draws=5, seed=0)
    with pytest.raises(ValueError, match="draws"):
        shape_null(comments, draws=0, seed=0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_numbers(seed):
    comments = cascade_frame([[-1, 0, 0, 1, -1, 4]])
    pd.testing.assert_frame_equal(
        shape_null(comments, draws=10, seed=seed),
        shape_null(comments, draws=10, seed=seed),
    )
