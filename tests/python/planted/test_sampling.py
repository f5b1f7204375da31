"""Crawls that show a share of a world, and what the gates of retention say of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from refugee_adaptation.planted.experiments.sampling import (
    DENSE,
    THIN,
    Gated,
    Gates,
    gate_rows,
)
from refugee_adaptation.planted.results import to_frame
from refugee_adaptation.planted.worlds.crawl import DAY, START
from refugee_adaptation.planted.worlds.sampling import WAYS, draw_sampled
from refugee_adaptation.retention.lifetimes import OUTCOMES


@pytest.mark.parametrize("way", ["posts", "search"])
def test_a_crawl_shows_the_planted_share(way: str) -> None:
    part, whole = draw_sampled(way, 0.99, 3), draw_sampled("posts", 1, 3)
    assert 0.9 < len(part.author) / len(whole.author) < 1
    assert set(part.comment_post) <= set(range(len(part.author)))


def test_a_search_shows_the_most_liked_posts_of_like_days() -> None:
    search, posts = (draw_sampled(way, 0.2, 3) for way in ("search", "posts"))
    assert len(search.author) == len(posts.author)
    assert search.counts[:, 0].mean() > 2 * posts.counts[:, 0].mean()
    days = [np.bincount((part.second - START) // DAY)[5:45] for part in (search, posts)]
    like, unlike = (counts.var() / counts.mean() for counts in days)
    assert like < 0.3 < unlike


def test_a_gate_that_is_always_open_or_shut_misses_a_target() -> None:
    for said, verdicts in ((OUTCOMES, ["yes", "no"]), ((), ["no", "yes"])):
        read = [Gated(share, frozenset(said), 0.7) for share in [THIN, DENSE] * 50]
        table = to_frame(gate_rows("posts", read))
        assert table["meets_target"].tolist() == verdicts


@pytest.mark.pipeline
def test_thin_crawls_are_refused_and_dense_ones_are_not(tmp_path: Path) -> None:
    gates = Gates(tmp_path)
    for way in WAYS:
        for seed in (1, 2):
            thin, dense = (gates.read(way, share, seed) for share in (THIN, DENSE))
            assert not thin.identifiable, way
            assert dense.identifiable == set(OUTCOMES), way
            assert thin.sampling_share < dense.sampling_share
