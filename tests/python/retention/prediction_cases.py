"""Crawls of users that several tests use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.retention import (
    early_features,
)


def crawl_users(size: int, *, signal: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Authors as `int_retention__features` gives them, with a planted signal."""
    generator = np.random.default_rng(seed)
    users = pd.DataFrame(
        {
            feature.name: generator.normal(size=size)
            for feature in early_features.REGISTRY
            if feature.known_at in early_features.MOMENTS
        }
    )
    chance = 1 / (1 + np.exp(1 - signal * users["log_text_length"]))
    users["is_video"] = generator.random(size) < 0.5
    for bit in early_features.FORMAT_BITS:
        users[bit] = generator.random(size) < 0.3
    users["crawl_format"] = "mediacrawler"
    users["followed_days"] = generator.uniform(0, 40, size)
    users["source_file"] = np.where(generator.random(size) < 0.5, "a.csv", "b.csv")
    users["is_retained"] = pd.array(generator.random(size) < chance, dtype="boolean")
    users["is_repeat_poster"] = pd.array(generator.random(size) < 0.5, dtype="boolean")
    users["first_post_at"] = pd.Timestamp("2025-01-13") + pd.to_timedelta(
        generator.uniform(0, 20, size), unit="D"
    )
    for column in ("is_retained_known_at", "is_repeat_poster_known_at"):
        users[column] = users["first_post_at"] + pd.Timedelta(days=28)
    users["user_id"] = [f"{number:016x}" for number in generator.permutation(size)]
    users["user_number"] = np.arange(size)
    return users
