"""Curves, gates and bounds of retention."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.planted import retention as planted
from refugee_adaptation.retention import (
    curves,
    hazards,
    identifiability,
    pools,
)
from refugee_adaptation.retention.lifetimes import (
    add_adaptation_groups,
    count_lifetimes,
    keep_identified,
)


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


def test_a_curve_by_hand() -> None:
    # Kaplan-Meier on paper: 6 users, events after .5, 1.5 and 3, one lost after 1
    curve = curves.kaplan_meier_curves(
        lifetimes(
            [0.5, 1.0, 1.5, 3.0, 4.0, 4.0], [True, False, True, True, False, False]
        )
    )
    assert curve["at_risk_count"].tolist() == [6, 6, 4, 3, 2]
    assert curve["event_count"].tolist() == [0, 1, 1, 1, 0]
    assert curve["censored_count"].tolist() == [0, 1, 0, 0, 2]
    expected = [1, 5 / 6, 5 / 6 * 3 / 4, 5 / 6 * 3 / 4 * 2 / 3, 5 / 6 * 3 / 4 * 2 / 3]
    assert curve["survival_share"].to_numpy() == pytest.approx(expected)
    assert (curve["survival_low_share"] <= curve["survival_share"]).all()
    assert (curve["survival_high_share"] >= curve["survival_share"]).all()


def test_nobody_left_is_not_certainty() -> None:
    curve = curves.kaplan_meier_curves(lifetimes([1.0] * 20, [False] * 20))
    assert curve["survival_share"].tolist() == [1, 1]
    # the exact binomial bound of 0 in 20
    assert curve["survival_low_share"].iloc[0] == pytest.approx(0.025 ** (1 / 20))


def test_everybody_left_ends_at_zero_with_an_open_interval() -> None:
    curve = curves.kaplan_meier_curves(lifetimes([1.0, 2.0, 3.0], [True] * 3))
    assert curve["survival_share"].iloc[-1] == 0
    assert curve["survival_low_share"].iloc[-1] == 0
    assert curve["survival_high_share"].iloc[-1] > 0


def test_weights_are_users() -> None:
    single = lifetimes([1.0, 1.0, 2.0], [True, True, False])
    joined = lifetimes([1.0, 2.0], [True, False]).assign(user_count=[2, 1])
    pd.testing.assert_frame_equal(
        curves.kaplan_meier_curves(single), curves.kaplan_meier_curves(joined)
    )


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="duration_days"):
        curves.kaplan_meier_curves(lifetimes([-1.0], [True]))


def test_row_order_does_not_matter() -> None:
    crawl = planted.planted_crawl(users=80, seed=3)
    _, curve = planted.read_crawl(crawl)
    _, other = planted.read_crawl(crawl.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(curve, other)


def test_a_whole_crawl_finds_the_planted_curve() -> None:
    crawl = planted.planted_crawl(users=600, posts_per_day=4, half_life_days=8, seed=1)
    evidence, curve = planted.read_crawl(crawl)
    assert bool(evidence["is_identifiable"].iloc[0])
    day = curve.set_index("day")
    for after in (7, 14, 21):
        truth = float((crawl["true_days"] > after).mean())
        # last seen is a little before last active: the curve may only lie below
        assert day.loc[after, "survival_low_share"] - 0.05 < truth
        assert truth < day.loc[after, "survival_high_share"] + 0.05
        assert abs(day.loc[after, "survival_share"] - truth) < 0.06


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


def test_the_curve_is_the_truth_times_the_share_of_sightings_that_go_on() -> None:
    """With constant rates, and so the mean gap is the time by which it is too early."""
    crawl = planted.planted_crawl(users=4000, half_life_days=8, seed=2)
    evidence, curve = planted.read_crawl(crawl)
    leaving = np.log(2) / 8
    goes_on = 1 / (1 + leaving)
    day = curve.set_index("day")["survival_share"]
    assert day[0] == pytest.approx(goes_on, abs=0.02)
    assert day[8] == pytest.approx(goes_on / 2, abs=0.03)
    assert evidence["mean_gap_days"].iloc[0] == pytest.approx(goes_on, abs=0.05)


def test_the_ceiling_is_the_curve_after_the_first_day() -> None:
    # 2 of 8 leave within a day; of the 6 others one leaves by day 2, one by day 3
    durations = [0.0, 0.5, 2.0, 3.0, 4.0, 4.0, 4.0, 4.0]
    events = [True] * 4 + [False] * 4
    curve = curves.kaplan_meier_curves(lifetimes(durations, events))
    later = curves.kaplan_meier_curves(lifetimes(durations[2:], events[2:]))
    ceiling = curve["survival_ceiling_share"].tolist()
    assert ceiling[:2] == [1, 1]
    assert ceiling[2:] == later["survival_high_share"].tolist()[2:]


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
    row = still_active(identifiability.weigh_evidence(crawl, groups))
    assert not row["is_identifiable"]
    assert words in row["reason"]
    assert row["reason"].startswith("not identifiable: ")


def test_a_group_with_enough_of_everything_is_identified() -> None:
    crawl = followup(40, met=3, events=10)
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl)))
    assert row["is_identifiable"]
    assert pd.isna(row["reason"])
    assert row["comment_coverage_share"] == 0.25


def test_the_overlap_is_told_beside_the_refusal() -> None:
    crawl = followup(605)
    crawl["is_in_first_wave"] = np.arange(605) < 505
    crawl["is_in_later_wave"] = np.arange(605) >= 505
    row = still_active(identifiability.weigh_evidence(crawl, everybody(crawl)))
    assert "0 of 505 users of the first wave are seen again among 100" in row["reason"]
    assert "16,833 people" in row["reason"]


def test_log_rank_tells_groups_apart_and_keeps_still_under_the_null() -> None:
    generator = np.random.default_rng(2)

    def two_groups(scale: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        first, second = generator.exponential(5, 200), generator.exponential(scale, 200)
        rows = lifetimes([*first, *second], [True] * 400)
        rows["grouping"] = "cohort"
        rows["group_name"] = ["a"] * 200 + ["b"] * 200
        cells = rows[["outcome", "grouping", "group_name"]].drop_duplicates()
        return rows, cells.assign(is_identifiable=True)

    apart = curves.log_rank_tests(*two_groups(10))
    assert apart["p_value"].iloc[0] < 1e-6
    null = [curves.log_rank_tests(*two_groups(5))["p_value"].iloc[0] for _ in range(60)]
    assert np.mean(np.array(null) < 0.05) < 0.15


def test_groups_that_are_not_identified_are_not_compared() -> None:
    rows = lifetimes([1.0] * 40, [True] * 40)
    evidence = pd.DataFrame(
        {
            "outcome": "still_active",
            "grouping": "all",
            "group_name": ["all", "else"],
            "is_identifiable": [True, False],
        }
    )
    kept = keep_identified(rows.assign(group_name=["all", "else"] * 20), evidence)
    assert kept["group_name"].unique().tolist() == ["all"]
    test = curves.log_rank_tests(kept, evidence)
    assert test["p_value"].isna().all()
    assert "1 of 2 groups" in test["reason"].iloc[0]


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


def test_cox_finds_the_planted_hazard() -> None:
    table = hazards.cox_hazards(
        cox_users(800, -0.5), ["diversity", "constant"], factors=["place"]
    )
    assert table["covariate"].tolist()[0] == "diversity"
    assert "constant" not in table["covariate"].tolist()
    row = table.iloc[0]
    assert row["hazard_ratio_low"] < np.exp(-0.5) < row["hazard_ratio_high"]
    assert row["proportionality_p_value"] > 0.01
    place = table.iloc[1]
    assert place["hazard_ratio_low"] < 1 < place["hazard_ratio_high"]


def test_cox_refuses_too_few_events() -> None:
    table = hazards.cox_hazards(cox_users(9, 0), ["diversity"])
    assert table["covariate"].tolist() == ["(none)"]
    assert "1 covariates need 10" in table["reason"].iloc[0]
    assert table["hazard_ratio"].isna().all()


def test_cox_joins_rare_levels() -> None:
    users = cox_users(300, 0).assign(place=["rare"] * 5 + ["a"] * 150 + ["b"] * 145)
    table = hazards.cox_hazards(users, ["diversity"], factors=["place"])
    assert table["covariate"].tolist() == ["diversity", "place: b (against a)"]


def test_cox_refuses_what_the_crawl_cannot_tell() -> None:
    evidence = pd.DataFrame(
        {
            "outcome": ["still_active"],
            "grouping": ["all"],
            "group_name": ["all"],
            "is_identifiable": [False],
            "reason": ["not identifiable: a search sample"],
        }
    )
    table = hazards.cox_hazards(cox_users(800, 0.5), ["diversity"], evidence=evidence)
    assert table["reason"].tolist() == ["not identifiable: a search sample"]


def test_nothing_in_nothing_out() -> None:
    crawl = followup(3).iloc[:0]
    groups = everybody(crawl).assign(user_number=pd.Series(dtype="int64"))
    counts = count_lifetimes(crawl, groups)
    evidence = identifiability.weigh_evidence(crawl, groups)
    assignments = pd.DataFrame({"user_id": [], "group_name": []}, dtype="string")
    assert add_adaptation_groups(groups, assignments).empty
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


def test_adaptation_groups_join_the_others() -> None:
    groups = pd.DataFrame(
        {"user_id": ["a", "b"], "user_number": [1, 2], "grouping": "all"}
    ).assign(group_name="all")
    assignments = pd.DataFrame({"user_id": ["b", "a"], "group_name": ["x", "y"]})
    both = add_adaptation_groups(groups, assignments)
    assert both["group_name"].tolist() == ["y", "all", "x", "all"]
    assert both["user_number"].tolist() == [1, 1, 2, 2]
