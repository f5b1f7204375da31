"""What each registered feature says on its own, or why it is not used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.retention.early_features import (
    LABELS,
    MIN_POSITIVES,
    REFUSED,
    REGISTRY,
    feature_matrix,
    format_matrix,
    known_features,
    labelled_users,
    refusal,
)
from refugee_adaptation.retention.models import MODELS, make_model
from refugee_adaptation.shared.frames import typed_frame
from refugee_adaptation.shared.inference import ranked_auc

_FEATURE_TYPES: dict[str, str] = {
    "label": "string",
    "feature": "string",
    "known_at": "string",
    "description": "string",
    "is_used": "bool",
    "reason": "string",
    "odds_ratio": "float64",
    "single_auc": "float64",
    "format_auc": "float64",
}


def describe_features(
    users: pd.DataFrame, *, min_positives: int = MIN_POSITIVES, seed: int = 0
) -> pd.DataFrame:
    """List every registered feature per label: used, or refused and why.

    Args:
        users: ``int_retention__features``.
        min_positives: Labels with fewer users of either outcome get no estimates.
        seed: Seed handed to the model.

    Returns:
        One row per label and registered feature: odds_ratio per standard deviation in
        the default model, single_auc (how well the feature alone ranks the users, in
        sample, >= 0.5) and format_auc (how well it alone ranks the crawl format,
        >= 0.5: near 1 = a stand-in for the crawl, to be read with care).
    """
    rows: list[dict[str, Any]] = []
    for label in LABELS:
        used = known_features(label.moment)
        seen, outcome = labelled_users(users, label)
        enough = not refusal(int(outcome.sum()), len(seen), label.name, min_positives)
        odds: dict[str, float] = {}
        if enough:
            matrix = feature_matrix(seen, used)
            fit = make_model(MODELS[0], seed).fit(matrix, outcome)
            odds = dict(zip(used, np.exp(fit[-1].coef_[0]), strict=True))
        for feature in REGISTRY:
            row: dict[str, Any] = {
                "label": label.name,
                "feature": feature.name,
                "known_at": feature.known_at,
                "description": feature.description,
                "is_used": feature.name in used,
                "odds_ratio": odds.get(feature.name, np.nan),
                "reason": None,
            }
            if not row["is_used"]:
                row["reason"] = REFUSED.get(
                    feature.known_at, f"known only at {feature.known_at}"
                )
            elif len(seen):
                values = feature_matrix(seen, [feature.name])[:, 0]
                if enough:
                    row["single_auc"] = _single_auc(values, outcome)
                row["format_auc"] = max(
                    _single_auc(values, bit > 0) for bit in format_matrix(seen).T
                )
            rows.append(row)
    return typed_frame(rows, _FEATURE_TYPES)


def _single_auc(values: np.ndarray, outcome: np.ndarray) -> float:
    """ROC-AUC of one column in the better direction; .5 where an outcome is absent."""
    known = ~np.isnan(values)
    value = float(ranked_auc(values[known, None], outcome[known])[0])
    return 0.5 if np.isnan(value) else max(value, 1 - value)
