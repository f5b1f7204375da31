"""Small networks that several tests use."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from refugee_adaptation.communities import detection, nulls
from refugee_adaptation.planted import networks

SMALL = detection.Settings(seed=1, runs=4, null_draws=60, resamples=10)


def pairs(*edges: tuple[int, int, float], tie_kind: str = "reply") -> pd.DataFrame:
    low, high, weight = (list(column) for column in zip(*edges, strict=True))
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "low_user_number": low,
            "high_user_number": high,
            "weight": weight,
        }
    )


def threads_of(edges: pd.DataFrame, *posts: int) -> pd.DataFrame:
    """Replies behind ties, each under a post of its own unless the posts are given."""
    return pd.DataFrame(
        {
            "thread_number": posts or np.arange(len(edges)),
            "user_number": edges["low_user_number"],
            "replied_to_user_number": edges["high_user_number"],
            "reply_count": edges["weight"],
        }
    )


def judged(
    edges: pd.DataFrame,
    user_tags: pd.DataFrame,
    replies: pd.DataFrame,
    settings: detection.Settings = SMALL,
) -> pd.DataFrame:
    """The null tests of a network, from its ties."""
    members = detection.memberships(edges, user_tags, settings)
    return nulls.null_tests(members, edges, user_tags, replies, settings)


@cache
def tag_network() -> networks.PlantedNetwork:
    return networks.planted_tags(500, 5, loyalty=0.9, seed=3)


@cache
def reply_network() -> networks.PlantedNetwork:
    return networks.planted_replies(400, 5, 2400, loyalty=0.9, seed=3)
