"""Capture-recapture bounds by hand and on planted pools."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lifetime_cases import cox_users, everybody, followup
from refugee_adaptation.planted.retention import DENSE
from refugee_adaptation.retention import (
    curves,
    hazards,
    identifiability,
    pools,
)
from refugee_adaptation.retention.lifetimes import (
    count_lifetimes,
)


def test_the_studys_overlap_is_what_chance_gives() -> None:
    pool = pools.chapman_pool(505, 160, 0)
    assert pool.zero_expected == pytest.approx(26_933.3, abs=0.1)
    assert pool.high == float("inf")
    assert pool.low == pytest.approx(505 * 160 / 3.6889, rel=1e-4)


def test_chapman_covers_a_planted_pool() -> None:
    generator = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        first = set(generator.choice(2000, 300, replace=False).tolist())
        second = set(generator.choice(2000, 400, replace=False).tolist())
        pool = pools.chapman_pool(300, 400, len(first & second))
        covered += pool.low <= 2000 <= pool.high
    assert covered >= 186  # 95 % of 200, less twice its standard error


@pytest.mark.parametrize(("first", "second", "both"), [(3, 5, 4), (-1, 2, 0)])
def test_an_impossible_overlap_is_refused(first: int, second: int, both: int) -> None:
    with pytest.raises(ValueError, match="impossible overlap"):
        pools.chapman_pool(first, second, both)


def test_chao_by_hand() -> None:
    assert pools.chao_pool(505, 492, 11) == 505 + 492 * 491 / 24
    assert pools.chao_pool(10, 0, 5) == 10


def test_nothing_in_nothing_out() -> None:
    crawl = followup(3).iloc[:0]
    groups = everybody(crawl).assign(user_number=pd.Series(dtype="int64"))
    counts = count_lifetimes(crawl, groups)
    evidence = identifiability.weigh_evidence(crawl, groups, DENSE)
    assert curves.kaplan_meier_curves(counts).empty
    assert curves.log_rank_tests(counts, evidence).empty
    assert hazards.cox_hazards(cox_users(9, 0).iloc[:0], ["diversity"]).empty
    pairs = pd.DataFrame(columns=list(pools._PAIR_TYPES))
    assert pools.pool_bounds(pairs)["pool_low"].dtype == float


def pairs_of(kind: str, first: int, second: int, shared: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pair_kind": [kind],
            "entity": ["posts"],
            "first_name": ["first"],
            "second_name": ["second"],
            "first_user_count": [first],
            "second_user_count": [second],
            "shared_user_count": [shared],
        }
    )


def test_a_pair_with_an_empty_sample_has_no_bound() -> None:
    pair = pairs_of("files", 0, 5, 0)
    assert pools.pool_bounds(pair)[list(pools._POOL_TYPES)].isna().all(axis=None)


def test_waves_bound_no_pool_because_people_leave_between_them() -> None:
    # 3,000 are active in each wave and 60 stay: the overlap of two samples is small
    generator = np.random.default_rng(4)
    first = set(generator.choice(np.arange(3000), 505, replace=False).tolist())
    second = set(generator.choice(np.arange(2940, 5940), 160, replace=False).tolist())
    overlap = (505, 160, len(first & second))
    [waves] = pools.pool_bounds(pairs_of("waves", *overlap)).to_dict("records")
    [files] = pools.pool_bounds(pairs_of("files", *overlap)).to_dict("records")
    # as a bound it would be wrong: there are 5,940 people in all
    assert files["pool_low"] > 5940
    bounds = [waves[name] for name in ("pool_estimate", "pool_low", "pool_high")]
    assert np.isnan(bounds).all()
    assert waves["zero_expected_pool"] == pytest.approx(26_933.3, abs=0.1)
