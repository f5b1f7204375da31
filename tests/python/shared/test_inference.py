"""The p value and the ROC-AUC that all methods share, against other ways to them."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from refugee_adaptation.shared.inference import permutation_p, ranked_auc


def test_the_observed_value_counts_as_one_draw() -> None:
    assert permutation_p(0, 99) == 0.01
    assert permutation_p(99, 99) == 1.0
    assert permutation_p(0, 0) == 1.0
    assert permutation_p(np.array([0, 4, 19]), 19).tolist() == [0.05, 0.25, 1.0]


def test_a_negative_number_of_draws_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        permutation_p(0, -1)


def test_the_area_equals_that_of_scikit_learn_also_with_ties() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(200) < 0.3
    scores = np.round(rng.normal(size=(200, 3)) + positive[:, None], 1)
    expected = [roc_auc_score(positive, column) for column in scores.T]
    assert ranked_auc(scores, positive) == pytest.approx(expected, abs=1e-12)


def test_without_one_of_the_outcomes_there_is_no_area() -> None:
    scores = np.zeros((3, 2))
    for outcome in (np.zeros(3, dtype=bool), np.ones(3, dtype=bool)):
        assert np.isnan(ranked_auc(scores, outcome)).tolist() == [True, True]
