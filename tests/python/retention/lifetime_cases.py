"""Small follow-ups that several tests use."""

from __future__ import annotations

import numpy as np
import pandas as pd


def lifetimes(durations: list[float], events: list[bool]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "outcome": "still_active",
            "grouping": "all",
            "group_name": "all",
            "duration_days": durations,
            "is_event": events,
            "user_count": 1,
        }
    )


def followup(
    users: int, met: int = 1, events: int = 0, gap: float = 1.0
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": [f"u{number}" for number in range(users)],
            "outcome": "still_active",
            "duration_days": 1.0,
            "is_event": np.arange(users) < events,
            "observation_count": met,
            "gap_count": met - 1,
            "seen_span_days": gap * (met - 1),
            "is_in_first_wave": True,
            "is_in_later_wave": False,
            "declared_comment_count": 4,
            "covered_comment_count": 1,
        }
    )


def everybody(crawl: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {"user_id": crawl["user_id"], "grouping": "all", "group_name": "all"}
    )


def still_active(evidence: pd.DataFrame) -> pd.Series:
    return evidence[evidence["outcome"] == "still_active"].iloc[0]


def cox_users(size: int, effect: float, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    diversity = generator.normal(size=size)
    life = generator.exponential(10 * np.exp(-effect * diversity))
    return pd.DataFrame(
        {
            "outcome": "leaving",
            "duration_days": np.minimum(life, 20),
            "is_event": life <= 20,
            "diversity": diversity,
            "constant": 1.0,
            "place": generator.choice(["a", "b"], size),
        }
    )
