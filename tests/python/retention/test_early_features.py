"""What is known when, and what is refused."""

from __future__ import annotations

import pytest

from refugee_adaptation.retention import (
    early_features,
)

# --- leakage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("log_like_count", "as it stood when the crawl ran"),
        ("total_like_count", "after the prediction"),
        ("post_count", "after the prediction"),
        ("has_topic_marker", "crawl's format"),
        ("is_title_missing", "crawl's format"),
        ("is_count_banded", "crawl's format"),
        ("source_file", "crawl's format"),
        ("post_date", "when the crawl looked"),
        ("followed_days", "how long it could see on"),
        ("is_repeat_poster", "outcome itself"),
        ("first_day_log_post_count", "known only at first_day"),
        ("some_new_column", "not registered"),
    ],
)
def test_what_is_not_known_yet_is_refused(name: str, words: str) -> None:
    with pytest.raises(early_features.LeakageError, match=words):
        early_features.known_features("first_post", ["is_video", name])


def test_each_moment_knows_more() -> None:
    known = [set(early_features.known_features(m)) for m in early_features.MOMENTS]
    assert known[0] < known[1]
    assert early_features.known_features("first_post", ["is_video"]) == ["is_video"]


def test_an_unknown_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown moment"):
        early_features.known_features("tomorrow")
