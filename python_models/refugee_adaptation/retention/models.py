"""Classifiers of users, and their predictions for users they were not fitted on.

Estimators are scikit-learn's (Pedregosa et al. 2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from refugee_adaptation.shared.fits import many_small_fits

MODELS = ("logistic", "gradient_boosting", "crawl_format_only")
"""The models that are fitted for every label, the default first."""


def make_model(kind: str, seed: int) -> Any:
    """Build an unfitted classifier.

    Args:
        kind: ``logistic`` (medians for missing values, standardised, ridge penalty) or
            ``gradient_boosting`` (60 histogram trees of 4 leaves).
        seed: Seed of the boosting's own draws.

    Returns:
        A scikit-learn pipeline with fit and predict_proba.

    Raises:
        ValueError: If the kind is unknown.
    """
    if kind == "logistic":
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True),
            StandardScaler(),
            # penalty: a log-odds of 0.32 per standard deviation is a usual effect
            LogisticRegression(C=0.1, max_iter=500, solver="newton-cholesky"),
        )
    if kind == "gradient_boosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=4,
            min_samples_leaf=20,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )
    message = f"unknown model {kind!r}; expected logistic or gradient_boosting"
    raise ValueError(message)


def estimator_of(model: str) -> str:
    """The kind of classifier (see :func:`make_model`) behind one of MODELS."""
    return "gradient_boosting" if model == "gradient_boosting" else "logistic"


@dataclass(frozen=True)
class OutOfFold:
    """Predictions for users a model was not fitted on.

    Attributes:
        probability: Shape (users, repeats); predicted probability of the outcome.
        fold: Shape (users, repeats); the fold in which a user was held out.
    """

    probability: np.ndarray
    fold: np.ndarray


def cross_validate(
    features: np.ndarray,
    outcome: np.ndarray,
    *,
    kind: str = "logistic",
    folds: int = 5,
    repeats: int = 5,
    seed: int = 0,
) -> OutOfFold:
    """Repeated stratified cross-validation.

    Everything that is learnt from data (medians, scaling, coefficients) is learnt
    inside the training folds.

    Args:
        features: Shape (users, columns), NaN = missing.
        outcome: Shape (users,), boolean.
        kind: See :func:`make_model`.
        folds: Number of folds; at most the number of users of the rarer outcome.
        repeats: Number of times the users are split into folds.
        seed: Seed of the first split; each repeat has the next number.

    Returns:
        One out-of-fold probability per user and repeat.

    Raises:
        ValueError: If either outcome has fewer users than folds.

    Source: Kohavi (1995); Kim (2009), doi:10.1016/j.csda.2009.04.009.
    """
    from sklearn.model_selection import StratifiedKFold

    rarer = int(min(outcome.sum(), (~outcome).sum()))
    if rarer < folds:
        message = f"{rarer} users of the rarer outcome do not fill {folds} folds"
        raise ValueError(message)
    probability = np.empty((len(outcome), repeats))
    fold = np.empty((len(outcome), repeats), dtype=np.int32)
    with many_small_fits():
        for repeat in range(repeats):
            splitter = StratifiedKFold(folds, shuffle=True, random_state=seed + repeat)
            for number, (train, test) in enumerate(splitter.split(features, outcome)):
                model = make_model(kind, seed).fit(features[train], outcome[train])
                probability[test, repeat] = model.predict_proba(features[test])[:, 1]
                fold[test, repeat] = number
    return OutOfFold(probability, fold)
