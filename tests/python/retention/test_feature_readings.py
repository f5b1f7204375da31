"""What each feature says on its own."""

from __future__ import annotations

from prediction_cases import crawl_users
from refugee_adaptation.retention import (
    early_features,
    evaluation,
    feature_readings,
)


def test_the_format_baseline_would_see_a_leak() -> None:
    users = crawl_users(400, signal=0)
    users["has_topic_marker"] = users["is_retained"].astype(bool)
    held = evaluation.predict_held_out(users, repeats=1)
    scores = evaluation.score_predictions(held, users, permutations=0)
    row = scores.set_index(["label", "model", "validation"])
    assert row.loc[("retained", "crawl_format_only", "repeated_cv"), "roc_auc"] > 0.95
    assert row.loc[("retained", "logistic", "repeated_cv"), "roc_auc"] < 0.6
    listed = feature_readings.describe_features(users)
    used = listed[listed["is_used"]]["feature"]
    assert "has_topic_marker" not in set(used)


def test_every_registered_feature_is_listed_per_label() -> None:
    listed = feature_readings.describe_features(crawl_users(300))
    assert len(listed) == 2 * len(early_features.REGISTRY)
    assert (listed["is_used"] == listed["reason"].isna()).all()
    text = listed[listed["feature"] == "log_text_length"].set_index("label")
    assert text.loc["retained", "odds_ratio"] > 1.5
    assert text.loc["retained", "single_auc"] > 0.6
