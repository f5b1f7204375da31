"""Names that clusters and users must earn, and what describes a group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from refugee_adaptation.adaptation.clustering import (
    METHODS,
    Settings,
    fit_partition,
    select_clusters,
)
from refugee_adaptation.adaptation.groups import (
    ARCHETYPES,
    ASSIGNMENT_DTYPES,
    PROFILE_DTYPES,
    UNCLASSIFIED,
    assign_groups,
    held_out,
    name_clusters,
    profile_groups,
    user_margins,
)
from refugee_adaptation.planted.groups import (
    GROUPS,
    PlantedGroups,
    null_groups,
    planted_groups,
)

QUICK = Settings(
    seed=5, max_clusters=3, null_draws=19, bootstrap_draws=5, gap_draws=2, max_users=200
)
NAMES = list(ARCHETYPES)


def names(centroids: list[list[float]], margin: float = 0.25) -> list[str | None]:
    return [c.name for c in name_clusters(np.array(centroids), NAMES, margin)]


def test_every_cluster_gets_the_archetype_it_resembles() -> None:
    centroids = [[0.0, 2.0, -1.0], [3.0, -2.0, 0.0], [-1.0, 0.0, 1.0]]
    assert names(centroids) == ["imitator", "cultural_adapter", "social_explorer"]


def test_names_are_assigned_for_the_best_total_and_never_twice() -> None:
    # greedy would give the first cluster its favourite and leave the second a misfit
    found = names([[2.0, 1.9, -3.0], [1.9, -3.0, -3.0], [-3.0, -3.0, 1.0]], margin=-1)
    assert found == ["imitator", "cultural_adapter", "social_explorer"]


def test_a_name_needs_a_lead() -> None:
    close = [[1.0, 0.9, -2.0], [-2.0, 1.5, -2.0]]
    assert names(close) == [None, "imitator"]
    assert names(close, margin=0.05) == ["cultural_adapter", "imitator"]


def test_a_name_needs_a_score_above_the_average_user() -> None:
    assert names([[-0.1, -2.0, -2.0]]) == [None]


def test_more_clusters_than_archetypes_leave_some_without_a_name() -> None:
    found = name_clusters(np.eye(4)[:, :3] * 2, NAMES, 0.25)
    assert [c.name for c in found] == [*NAMES, None]
    assert np.isnan(found[3].margin)


def test_centroids_must_have_a_column_per_archetype() -> None:
    with pytest.raises(ValueError, match="archetype"):
        name_clusters(np.zeros((2, 2)), NAMES, 0.1)


@pytest.mark.parametrize("method", METHODS)
def test_margins_are_largest_in_the_middle_of_a_cluster(method: str) -> None:
    rng = np.random.default_rng(1)
    cloud = np.r_[rng.normal(-3, 1, (80, 2)), rng.normal(3, 1, (80, 2)), [[0.0, 0.0]]]
    partition = fit_partition(cloud, 2, method, seed=1)
    margins = user_margins(cloud, partition)
    assert margins[-1] < np.quantile(margins, 0.05)
    assert margins.min() >= 0
    assert margins.max() <= 1
    single = fit_partition(cloud, 1, method, seed=1)
    assert not user_margins(cloud, single).any()


@pytest.fixture(scope="module")
def planted() -> tuple[PlantedGroups, pd.DataFrame]:
    sample = planted_groups(400, 2.5, seed=9)
    return sample, select_clusters(sample.frame, sample.weights, QUICK)


@pytest.mark.parametrize("method", METHODS)
def test_planted_groups_get_their_names(
    method: str, planted: tuple[PlantedGroups, pd.DataFrame]
) -> None:
    sample, selection = planted
    groups = assign_groups(sample.frame, sample.weights, selection, method, QUICK)
    assert list(groups.columns) == list(ASSIGNMENT_DTYPES)
    truth = np.array(GROUPS)[sample.truth]
    named = (groups["group_name"] != UNCLASSIFIED).to_numpy()
    assert named.mean() > 0.9
    assert (groups["group_name"].to_numpy()[named] == truth[named]).mean() > 0.95
    assert adjusted_rand_score(truth, groups["cluster_id"]) > 0.85
    reasons = groups["unclassified_reason"]
    assert (reasons.notna() == ~named).all()


def test_without_structure_nobody_has_a_group_but_everybody_a_position() -> None:
    sample = null_groups(200, seed=2)
    selection = select_clusters(sample.frame, sample.weights, QUICK)
    groups = assign_groups(sample.frame, sample.weights, selection, "gmm", QUICK)
    assert (groups["group_name"] == UNCLASSIFIED).all()
    assert groups["unclassified_reason"].str.startswith("silhouette within").all()
    assert groups["cluster_id"].isna().all()
    assert groups["imitator_score"].std() > 0.3


def test_people_of_another_standing_stand_beside_the_groups(
    planted: tuple[PlantedGroups, pd.DataFrame],
) -> None:
    sample, selection = planted
    alone = assign_groups(sample.frame, sample.weights, selection, "gmm", QUICK)
    others = sample.frame.iloc[:4].assign(
        user_id=list("abcd"), standing=["host", "undated", "automated", "unclear"]
    )
    others["imitator_words"] = 1e6
    everybody = pd.concat([sample.frame, others])
    groups = assign_groups(everybody, sample.weights, selection, "gmm", QUICK)
    pd.testing.assert_frame_equal(groups.iloc[:-4], alone)
    beside = groups.iloc[-4:]
    assert beside["group_name"].tolist() == ["host", *3 * [UNCLASSIFIED]]
    assert beside["cluster_id"].isna().all()
    assert beside["unclassified_reason"].isna().tolist() == [True, *3 * [False]]
    pd.testing.assert_frame_equal(
        select_clusters(everybody, sample.weights, QUICK), selection
    )


@pytest.mark.parametrize("users", [0, 1, 2])
def test_tiny_samples_are_unclassified(users: int) -> None:
    sample = planted_groups(users, 3.0, seed=1)
    selection = select_clusters(sample.frame, sample.weights, QUICK)
    groups = assign_groups(sample.frame, sample.weights, selection, "gmm", QUICK)
    assert len(groups) == users
    assert list(groups.columns) == list(ASSIGNMENT_DTYPES)
    assert (groups["group_name"] == UNCLASSIFIED).all()
    profiles = profile_groups(sample.frame, groups, draws=5, seed=1)
    assert list(profiles.columns) == list(PROFILE_DTYPES)


def test_other_archetypes_are_refused() -> None:
    sample = planted_groups(5, 3.0, seed=1)
    weights = sample.weights.assign(archetype="somebody")
    with pytest.raises(ValueError, match="archetypes must be"):
        assign_groups(sample.frame, weights, pd.DataFrame(), "gmm", QUICK)


def test_a_feature_of_the_same_making_is_not_held_out() -> None:
    made_of = {"saves": ["saved", "liked"], "likes": ["liked"], "age": ["registered"]}
    assert held_out(["likes", "age"], {"saves"}, made_of).tolist() == [False, True]
    assert held_out(["likes", "age"], set(), made_of).tolist() == [True, True]
    assert held_out([], {"saves"}, made_of).dtype == bool
    assert held_out(["hair", "age"], {"saves"}, made_of).tolist() == [False, True]
    assert held_out(["likes", "age"], {"hair"}, made_of).tolist() == [False, False]


def test_profiles_tell_groups_apart_only_where_they_differ() -> None:
    rng = np.random.default_rng(3)
    size = 400
    member = np.arange(size) < 150
    frame = pd.DataFrame(
        {
            "user_id": [f"u{i}" for i in range(size)],
            "user_number": range(size),
            "differs": rng.normal(size=size) + 2.0 * member,
            "same": rng.normal(size=size),
            "missing": np.nan,
        }
    )
    groups = frame[["user_id"]].assign(group_name=np.where(member, "a", "b"))
    profiles = profile_groups(frame, groups, draws=200, seed=1)
    table = profiles.set_index(["group_name", "feature"])
    differs, same = table.loc[("a", "differs")], table.loc[("a", "same")]
    expected = frame.loc[member, "differs"].mean()
    assert differs["mean_value"] == pytest.approx(expected)
    assert differs["user_count"] == 150
    assert differs["contrast_low"] > 1.5
    assert differs["contrast_high"] < 2.5
    assert abs(same["contrast_score"]) < 0.3 < abs(differs["contrast_score"])
    width = (differs["mean_high"] - differs["mean_low"]) / 2
    assert width == pytest.approx(1.96 / np.sqrt(150), rel=0.25)
    other = table.loc[("b", "differs")]
    assert other["contrast_value"] == pytest.approx(-differs["contrast_value"])
    assert table.loc[("a", "missing"), "user_count"] == 0
    assert np.isnan(table.loc[("a", "missing"), "mean_value"])


def test_one_group_has_no_rest_to_differ_from() -> None:
    frame = pd.DataFrame({"user_id": ["a", "b"], "user_number": [1, 2], "x": [1.0, 3]})
    groups = frame[["user_id"]].assign(group_name=UNCLASSIFIED)
    [row] = profile_groups(frame, groups, draws=20, seed=1).to_dict("records")
    assert row["mean_value"] == 2
    assert np.isnan(row["contrast_value"])
