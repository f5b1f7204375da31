"""The probability of an outcome of every single user, from models without that user."""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.retention.early_features import (
    LABELS,
    MIN_POSITIVES,
    label_refusal,
    labelled_users,
    model_matrix,
)
from refugee_adaptation.retention.estimates import log_odds_of, recalibration
from refugee_adaptation.retention.models import MODELS, make_model
from refugee_adaptation.shared.fits import many_small_fits
from refugee_adaptation.shared.frames import stacked_frame
from refugee_adaptation.shared.inference import bounded_draws, drawn_rows

_FEWEST_DRAWS = 50

_RISK_TYPES: dict[str, str] = {
    "label": "string",
    "user_id": "string",
    "user_number": "int64",
    "probability": "float64",
    "probability_low": "float64",
    "probability_high": "float64",
    "is_out_of_fold": "bool",
}


def predict_risk(
    users: pd.DataFrame,
    *,
    evidence: pd.DataFrame | None = None,
    draws: int = 200,
    budget: int = 20_000_000,
    max_users: int = 20_000,
    min_positives: int = MIN_POSITIVES,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Predict each user's probability of the outcome by models without that user.

    The default model is fitted on bootstrap samples of the users; a user's
    probability is the mean over the samples the user was not drawn into, and its
    interval holds the middle of those predictions: it covers the uncertainty of the
    model, not the chance of the single outcome. The probabilities are recalibrated on
    all users (slope and intercept).

    Args:
        users: ``int_retention__features``; authors whose outcome is not yet
            observable are predicted by models none of which was fitted on them.
        evidence: ``retention_identifiability``; a label is refused where the crawl does
            not identify what it needs (:class:`Label`).
        draws: Bootstrap samples, 50 or more, so that every user is left out of some.
        budget: Users times samples; more users get fewer samples, never below 50.
        max_users: Models are fitted on so many users at most, drawn at random.
        min_positives: Labels with fewer users of either outcome give no rows.
        seed: Seed of the samples.
        confidence: Level of the percentile interval.

    Returns:
        One row per label and author.

    Raises:
        ValueError: If there are fewer than 50 draws.

    Source: Breiman (1996), Out-of-bag estimation; Platt (1999).
    """
    if draws < _FEWEST_DRAWS:
        message = f"{draws} bootstrap samples; 50 leave every user out of some"
        raise ValueError(message)
    draws = bounded_draws(draws, len(users), budget, _FEWEST_DRAWS)
    parts: list[pd.DataFrame] = []
    for label in LABELS if len(users) else ():
        outcome = labelled_users(users, label)[1]
        if label_refusal(label, outcome, evidence, min_positives):
            continue
        everyone = users.sort_values("user_number")
        matrix = model_matrix(everyone, label, MODELS[0])
        is_known = everyone[label.column].notna().to_numpy()
        labelled = np.flatnonzero(is_known)
        kept = drawn_rows(len(labelled), max_users, seed)
        labelled, outcome = labelled[kept], outcome[kept]
        parts.append(
            _risk_rows(
                everyone, matrix, labelled, outcome, label.name, draws, seed, confidence
            ).assign(is_out_of_fold=is_known)
        )
    return stacked_frame(parts, _RISK_TYPES)


def _known_quantile(values: np.ndarray, share: float) -> np.ndarray:
    """Quantile of the known values of each column, which sorts them in place."""
    values.sort(axis=0)
    last = np.isfinite(values).sum(axis=0) - 1
    place = share * last
    below = place.astype(np.int64)
    above = np.minimum(below + 1, last)
    columns = np.arange(values.shape[1])
    low, high = values[below, columns], values[above, columns]
    return np.asarray(low + (high - low) * (place - below))


def _risk_rows(
    users: pd.DataFrame,
    matrix: np.ndarray,
    labelled: np.ndarray,
    outcome: np.ndarray,
    label: str,
    draws: int,
    seed: int,
    confidence: float,
) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    size = len(labelled)
    log_odds = np.full((draws, len(users)), np.nan, dtype=np.float32)
    with many_small_fits():
        for draw in range(draws):
            drawn = generator.integers(0, size, size)
            if outcome[drawn].all() or not outcome[drawn].any():
                continue
            model = make_model(MODELS[0], seed)
            model.fit(matrix[labelled[drawn]], outcome[drawn])
            log_odds[draw] = log_odds_of(model.predict_proba(matrix)[:, 1])
            log_odds[draw, labelled[drawn]] = np.nan
    mean = np.asarray(np.nanmean(log_odds, axis=0, dtype=np.float64))
    tail = (1 - confidence) / 2
    low, high = (_known_quantile(log_odds, share) for share in (tail, 1 - tail))
    slope, intercept = recalibration(outcome, mean[labelled])
    slope = max(slope, 0.0)

    def probability(values: np.ndarray) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-(intercept + slope * values))))

    estimate = probability(mean)
    return pd.DataFrame(
        {
            "label": label,
            "user_id": users["user_id"].to_numpy(),
            "user_number": users["user_number"].to_numpy(),
            "probability": estimate,
            # where all samples agree, rounding must not part an interval from its
            # estimate
            "probability_low": np.minimum(probability(low), estimate),
            "probability_high": np.maximum(probability(high), estimate),
        }
    )
