"""Which retention a crawl identifies, and the sentence of every refusal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lifetime_cases import everybody, followup, lifetimes, still_active
from refugee_adaptation.planted import retention as planted
from refugee_adaptation.planted.retention import DENSE
from refugee_adaptation.retention import (
    curves,
    identifiability,
)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="duration_days"):
        curves.kaplan_meier_curves(lifetimes([-1.0], [True]))


def test_a_search_sample_of_the_same_people_is_refused() -> None:
    crawl = planted.planted_crawl(users=4000, posts_per_day=1, seen_share=0.02, seed=1)
    evidence, curve = planted.read_crawl(crawl)
    row = evidence.iloc[0]
    assert not row["is_identifiable"]
    assert row["sampling_share"] < 0.5
    assert "met only once" in row["reason"]
    # what would have been claimed without the gate
    truth = float((crawl["true_days"] > 7).mean())
    assert curve.set_index("day").loc[7, "survival_share"] < truth - 0.2


@pytest.mark.parametrize("seen", [0.3, 0.1, 0.05])
def test_a_crawl_of_a_part_of_the_posts_is_refused(seen: float) -> None:
    crawl = planted.planted_crawl(users=2000, seen_share=seen, seed=1)
    evidence, curve = planted.read_crawl(crawl)
    row = evidence.iloc[0]
    # the pool alone would let it pass, and the curve is far too low
    assert row["sampling_share"] > 0.5
    truth = float((crawl["true_days"] > 8).mean())
    day = curve.set_index("day").loc[8]
    assert day["survival_high_share"] < truth - 0.05
    assert day["survival_ceiling_share"] > truth
    assert not row["is_identifiable"]
    assert "days lie between two observations" in row["reason"]


@pytest.mark.parametrize(
    ("crawl", "words"),
    [
        (followup(0), "no user of this group"),
        (followup(29, met=3), "29 users are followed; a curve needs 30"),
        (followup(400), "400 of 400 users are met only once"),
        (followup(40, met=3, events=9), "9 events in 40 users"),
        (followup(40, met=3, events=10, gap=2.1), "2.1 days lie between two"),
        (
            followup(40, met=3, events=10).assign(gap_count=0, seen_span_days=0.0),
            "no user is met twice while followed",
        ),
    ],
)
def test_every_refusal_has_a_sentence(crawl: pd.DataFrame, words: str) -> None:
    groups = everybody(crawl if len(crawl) else followup(1))
    row = still_active(identifiability.weigh_evidence(crawl, groups, DENSE))
    assert not row["is_identifiable"]
    assert words in row["reason"]


def test_a_group_with_enough_of_everything_is_identified() -> None:
    crawl = followup(40, met=3, events=10)
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl), DENSE))
    assert row["is_identifiable"]
    assert pd.isna(row["reason"])
    assert row["comment_coverage_share"] == 0.25


def test_the_overlap_stands_beside_the_refusal() -> None:
    crawl = followup(605)
    crawl["is_in_first_wave"] = np.arange(605) < 505
    crawl["is_in_later_wave"] = np.arange(605) >= 505
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl), DENSE))
    assert "0 of 505 users of the first wave are seen again among 100" in row["reason"]
    assert "16,833 people" in row["reason"]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ({"commenter_count": 29}, "29 people are seen to comment"),
        ({"posting_commenter_share": 0.06}, "shows posts of 6%"),
        ({"daily_dispersion": 0.1}, "0.10 times as much as chance"),
    ],
)
def test_a_crawl_that_does_not_show_itself_dense_is_refused(
    shown: dict[str, float], words: str
) -> None:
    crawl = followup(40, met=3, events=10)
    density = DENSE.assign(**shown)
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl), density))
    assert not row["is_identifiable"]
    assert words in row["reason"]


@pytest.mark.parametrize(("people", "share"), [(29, np.nan), (30, 0.06)])
def test_the_sampling_share_is_that_of_commenters_who_post(
    people: int, share: float
) -> None:
    crawl = followup(40, met=3, events=10)
    density = DENSE.assign(commenter_count=people, posting_commenter_share=0.06)
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl), density))
    assert row["sampling_share"] == pytest.approx(share, nan_ok=True)
