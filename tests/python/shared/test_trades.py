"""Trades keep both degrees and are uniform."""

from __future__ import annotations

import numpy as np

from refugee_adaptation.shared import trades


def test_traded_tags_are_uniform_over_all_tables_of_these_margins() -> None:
    # three users with one tag each: six equally likely ways to deal three tags
    user_index, tag_index = np.arange(3), np.arange(3)
    rng = np.random.default_rng(2)
    seen: dict[tuple[int, ...], int] = {}
    for _ in range(3000):
        tag_index = trades.trade_tags(user_index, tag_index, 3, 3, rng)
        key = tuple(tag_index.tolist())
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 6
    counts = np.array(list(seen.values()))
    assert ((counts - 500) ** 2 / 500).sum() < 20.5  # chi-square, 5 df, p = .001
