"""Classifiers and their refusals."""

from __future__ import annotations

import numpy as np
import pytest

from refugee_adaptation.retention import (
    models,
)


def test_too_few_of_an_outcome_for_the_folds() -> None:
    outcome = np.arange(20) < 4
    with pytest.raises(ValueError, match="do not fill 5 folds"):
        models.cross_validate(np.zeros((20, 1)), outcome)


def test_unknown_models_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown model"):
        models.make_model("lstm", 0)
