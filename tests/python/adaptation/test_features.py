"""Features as arrays: missing values, scale, and the archetypes' weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.adaptation.features import (
    feature_matrix,
    standardise,
    weight_matrix,
)


def test_a_missing_value_stands_at_the_mean_of_those_observed() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, None, 3.0], "b": [None, None, None], "c": [1, 2, 6]}
    )
    values = feature_matrix(frame, ["a", "b", "c"])
    assert values.tolist() == [[1, 0, 1], [2, 0, 2], [3, 0, 6]]


def test_infinite_values_are_missing() -> None:
    values = feature_matrix(pd.DataFrame({"a": [1.0, np.inf, 3.0]}), ["a"])
    assert values[1, 0] == 2


def test_an_unknown_feature_is_named() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        feature_matrix(pd.DataFrame({"a": [1.0]}), ["a", "nonsense"])


def test_no_users_give_no_rows() -> None:
    frame = pd.DataFrame({"a": pd.Series(dtype="float64")})
    assert standardise(feature_matrix(frame, ["a"])).shape == (0, 1)


def test_columns_are_centred_scaled_and_clipped() -> None:
    values = np.random.default_rng(1).normal(5, 2, (500, 2))
    values[0, 0] = 1e6
    scaled = standardise(values, clip=3)
    assert scaled[:, 1].mean() == pytest.approx(0, abs=0.02)
    assert scaled[:, 1].std() == pytest.approx(1, abs=0.02)
    assert scaled.max() == 3


def test_a_constant_column_says_nothing() -> None:
    values = np.column_stack([np.full(10, 0.1), np.arange(10)])
    assert not standardise(values)[:, 0].any()


def test_clip_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        standardise(np.zeros((2, 2)), clip=0)


def weights(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["archetype", "feature", "weight"])


def test_weights_have_length_one_whatever_their_order() -> None:
    rows = [("b", "x", 3.0), ("a", "y", 1.0), ("b", "z", -4.0)]
    features, archetypes, matrix = weight_matrix(weights(rows))
    assert features == ["x", "y", "z"]
    assert archetypes == ["a", "b"]
    assert matrix.tolist() == [[0, 0.6], [1, 0], [0, -0.8]]
    again = weight_matrix(weights(rows[::-1]))[2]
    assert np.array_equal(matrix, again)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "x", 1.0), ("a", "x", 2.0)], "twice"),
        ([("a", "x", 0.0)], "other than zero"),
    ],
)
def test_weights_that_mean_nothing_are_refused(
    rows: list[tuple[str, str, float]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        weight_matrix(weights(rows))
