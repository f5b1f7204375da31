"""Cascades against closed forms, exhaustive counts, planted truth and their nulls."""

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refugee_adaptation.cascades.adoption import adoption_draws, adoption_null
from refugee_adaptation.cascades.forests import (
    node_depths,
    random_forests,
    structural_virality,
    subtree_sizes,
)
from refugee_adaptation.cascades.influence import (
    dispersion_by_role,
    dispersion_draws,
    influence_by_role,
    influence_null,
)
from refugee_adaptation.cascades.shape import MEAN_OF_CASCADES, shape_null
from refugee_adaptation.planted.cascades import planted_adoption, planted_influence


@st.composite
def forests(draw):
    size = draw(st.integers(1, 25))
    parents = [draw(st.integers(-1, place - 1)) for place in range(size)]
    order = draw(st.permutations(range(size)))
    # nodes in any order, not parents first
    shuffled = [0] * size
    for place, parent in enumerate(parents):
        shuffled[order[place]] = -1 if parent < 0 else order[parent]
    return np.array(shuffled)


def as_tree(parents):
    edges = ((parent, node) for node, parent in enumerate(parents.tolist()))
    return nx.Graph(edges)  # -1 is the note


@given(forests())
def test_structural_virality_is_the_mean_distance_of_all_pairs(parents):
    tree = as_tree(parents)
    assert structural_virality(parents) == pytest.approx(
        nx.average_shortest_path_length(tree)
    )


@given(forests())
def test_depths_and_subtree_sizes_equal_those_of_a_graph_library(parents):
    tree = nx.DiGraph((parent, node) for node, parent in enumerate(parents.tolist()))
    lengths = nx.single_source_shortest_path_length(tree, -1)
    assert node_depths(parents).tolist() == [lengths[n] for n in range(len(parents))]
    assert subtree_sizes(parents).tolist() == [
        len(nx.descendants(tree, n)) + 1 for n in range(len(parents))
    ]


@pytest.mark.parametrize("size", [1, 2, 9])
def test_structural_virality_of_star_and_chain(size):
    nodes = size + 1
    assert structural_virality(np.full(size, -1)) == pytest.approx(2 * size / nodes)
    assert structural_virality(np.arange(size) - 1) == pytest.approx((nodes + 1) / 3)
    assert structural_virality([]) == 0


@pytest.mark.parametrize("parents", [[5], [-2], [1, 0], [-1, 2, 1]])
def test_parents_that_are_no_forest_are_refused(parents):
    with pytest.raises(ValueError, match=r"circle|outside"):
        node_depths(parents)


def test_a_deep_chain_costs_no_recursion():
    chain = np.arange(20_000) - 1
    assert node_depths(chain)[-1] == 20_000
    assert subtree_sizes(chain)[0] == 20_000


@given(forests(), st.integers(0, 2**32 - 1))
def test_random_forests_keep_every_degree(parents, seed):
    degree = np.bincount(parents[parents >= 0], minlength=len(parents))
    drawn = random_forests(degree, 5, np.random.default_rng(seed))
    for row in drawn:
        assert (row < np.arange(len(row))).all()  # parents first: a forest
        found = np.bincount(row[row >= 0], minlength=len(row))
        assert sorted(found) == sorted(degree)


def plane_forests(degrees):
    """All breadth-first degree sequences of forests with these degrees."""
    roots = len(degrees) - sum(degrees)
    for order in set(itertools.permutations(degrees)):
        waiting = roots + np.cumsum(np.array(order) - 1)
        if (waiting[:-1] > 0).all():
            yield order


def test_random_forests_are_uniform():
    degrees = [2, 1, 1, 0, 0, 0]
    expected = set(plane_forests(degrees))
    draws = 40_000
    drawn = random_forests(degrees, draws, np.random.default_rng(7))
    found = Counter(
        tuple(np.bincount(row[row >= 0], minlength=6).tolist()) for row in drawn
    )
    assert set(found) == expected
    share = draws / len(expected)
    chi_square = sum((count - share) ** 2 / share for count in found.values())
    freedom = len(expected) - 1
    assert chi_square < freedom + 4 * np.sqrt(2 * freedom)


@pytest.mark.parametrize("degrees", [[1], [1, 1], [-1, 0]])
def test_degrees_without_a_root_are_refused(degrees):
    with pytest.raises(ValueError, match="at least one root"):
        random_forests(degrees, 1, np.random.default_rng(0))


def cascade_frame(trees):
    rows = []
    number = 0
    for cascade, parents in enumerate(trees, start=1):
        first = number + 1
        for parent in parents:
            number += 1
            rows.append((cascade, number, np.nan if parent < 0 else first + parent))
    columns = ["cascade_number", "comment_number", "parent_comment_number"]
    return pd.DataFrame(rows, columns=columns)


def test_shape_null_knows_a_chain_from_a_random_tree():
    chain = [-1, *range(11), -1, -1, -1]
    comments = cascade_frame([chain, [-1] * 8, [-1, 0]])
    table = shape_null(comments, draws=300, seed=1)
    # a star and a tree of two comments have nothing to compare
    assert set(table["cascade_number"]) == {MEAN_OF_CASCADES, 1}
    row = table.set_index(["cascade_number", "statistic"]).loc[(1, "depth")]
    assert row["observed"] == 12
    assert row["p_value"] < 0.05
    assert row["z_score"] > 1.5
    mean = table.set_index(["cascade_number", "statistic"]).loc[
        (MEAN_OF_CASCADES, "depth")
    ]
    assert mean["observed"] == 12
    assert mean["null_mean"] == pytest.approx(row["null_mean"])


def test_shape_null_is_calibrated_on_its_own_draws():
    rng = np.random.default_rng(3)
    degrees = [3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    trees = random_forests(degrees, 300, rng)
    table = shape_null(cascade_frame(trees.tolist()), draws=99, seed=5)
    single = table[
        (table["statistic"] == "structural_virality") & (table["cascade_number"] > 0)
    ]
    assert 0.02 <= (single["p_value"] <= 0.05).mean() <= 0.09
    mean = table[table["cascade_number"] == MEAN_OF_CASCADES]
    assert (mean["p_value"].between(0.005, 0.995)).all()


def test_shape_null_does_not_depend_on_the_order_of_rows():
    trees = random_forests([2, 2, 1, 0, 0, 0, 0], 4, np.random.default_rng(0)).tolist()
    comments = cascade_frame([*trees, [-1, 0, 1, 2, 3]])
    shuffled = comments.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        shape_null(comments, draws=50, seed=9), shape_null(shuffled, draws=50, seed=9)
    )


def test_a_degenerate_shape_has_no_z_score():
    table = shape_null(cascade_frame([[-1, 0, -1, -1, -1, -1]]), draws=20, seed=0)
    depth = table[(table["statistic"] == "depth")]
    assert depth["z_score"].isna().all()
    assert (depth["p_value"] == 1).all()


def test_shape_null_refuses_a_parent_of_another_cascade():
    comments = cascade_frame([[-1, 0], [-1, 0]])
    comments.loc[3, "parent_comment_number"] = 1
    with pytest.raises(ValueError, match="not in the same cascade"):
        shape_null(comments, draws=5, seed=0)
    with pytest.raises(ValueError, match="draws"):
        shape_null(comments, draws=0, seed=0)


ACTION_COLUMNS = [
    "action_number",
    "stratum_number",
    "cascade_number",
    "user_number",
    "drawn_count",
]


def test_expected_counts_and_deviations_are_those_of_all_permutations():
    actions = pd.DataFrame(
        [
            (1, 1, 1, 1, 5),
            (2, 1, 1, 1, 0),
            (3, 1, 1, 2, 1),
            (4, 1, 1, 3, 2),
            (5, 2, 2, 1, 7),
            (6, 2, 2, 2, 3),
        ],
        columns=ACTION_COLUMNS,
    )
    totals = [
        first[0] + first[1] + second[0]
        for first in itertools.permutations([5, 0, 1, 2])
        for second in itertools.permutations([7, 3])
    ]
    table = influence_null(actions, draws=10, seed=0, min_actions=1)
    person = table[table["user_number"] == 1].iloc[0]
    assert person["drawn_count"] == 12
    assert person["expected_count"] == pytest.approx(np.mean(totals))
    assert person["null_sd"] == pytest.approx(np.std(totals))
    assert person["cascade_count"] == 2


def test_a_planted_amplifier_is_found_and_ranked_first():
    actions = planted_influence(people=40, cascades=30, comments=12, strength=6, seed=1)
    table = influence_null(actions, draws=300, seed=1).set_index("user_number")
    assert table.loc[1, "p_value_adjusted"] < 0.05
    assert table.loc[1, "influence_rank"] == 1
    assert table.loc[1, "influence_rank_high"] <= 2
    assert (table["p_value_adjusted"] < 0.05).sum() == 1


def test_without_influence_names_are_rarely_named():
    named = [
        (
            influence_null(
                planted_influence(
                    people=30, cascades=15, comments=10, strength=0, seed=seed
                ),
                draws=99,
                seed=seed,
            )["p_value_adjusted"]
            <= 0.05
        ).any()
        for seed in range(60)
    ]
    assert np.mean(named) <= 0.12


def test_dispersion_is_one_without_influence_and_more_with_it():
    flat = planted_influence(people=30, cascades=40, comments=10, strength=0, seed=2)
    plain = dispersion_draws(flat, draws=200, seed=0)
    assert plain.loc[plain["draw"] > 0, "statistic"].mean() == pytest.approx(1, abs=0.1)
    tall = planted_influence(people=30, cascades=40, comments=10, strength=8, seed=2)
    strong = dispersion_draws(tall, draws=200, seed=0)
    assert strong.loc[0, "statistic"] > strong.loc[1:, "statistic"].max()


def test_influence_keeps_rank_and_interval_in_order_and_rows_do_not_matter():
    actions = planted_influence(people=20, cascades=10, comments=8, strength=2, seed=4)
    table = influence_null(actions, draws=60, seed=1)
    assert (table["influence_rank_low"] <= table["influence_rank"]).all()
    assert (table["influence_rank"] <= table["influence_rank_high"]).all()
    pd.testing.assert_frame_equal(
        table,
        influence_null(actions.sample(frac=1, random_state=3), draws=60, seed=1),
    )
    untested = table[~table["is_tested"]]
    assert untested["z_score"].isna().all()


def test_roles_are_tested_apart():
    actions = planted_influence(people=20, cascades=10, comments=8, strength=2, seed=4)
    both = pd.concat(
        [
            actions.assign(influence_role="initiator"),
            actions.assign(influence_role="amplifier", drawn_count=1),
        ]
    )
    table = influence_by_role(both, draws=30, seed=1)
    alone = influence_null(actions, draws=30, seed=1)
    found = table[table["influence_role"] == "initiator"].drop(columns="influence_role")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), alone)
    # equal comments leave nothing to shuffle
    assert set(dispersion_by_role(both, draws=5, seed=1)["influence_role"]) == {
        "initiator"
    }


def adoption_statistics(table):
    exposed = table[table["exposure_count"] > 0].groupby("draw")
    rate = exposed["adoption_count"].sum() / exposed["occasion_count"].sum()
    return rate.loc[0], rate.loc[1:]


def test_taste_alone_looks_like_influence_and_the_null_sees_through_it():
    actions, encounters = planted_adoption(
        people=300, notes=6, hashtags=30, taste=0.7, adoption=0.0, seed=1
    )
    table = adoption_draws(actions, encounters, draws=200, seed=1)
    observed, null = adoption_statistics(table)
    # people use what they meet far more often than any other hashtag ...
    assert observed > 2 * 0.2 * 2 / 30
    # ... and no more often right after meeting it
    assert null.quantile(0.005) < observed < null.quantile(0.995)


def test_planted_adoption_is_found_beyond_taste():
    actions, encounters = planted_adoption(
        people=300, notes=6, hashtags=30, taste=0.7, adoption=0.1, seed=1
    )
    table = adoption_draws(actions, encounters, draws=200, seed=1)
    observed, null = adoption_statistics(table)
    assert observed > null.max()


def test_the_shuffle_test_keeps_its_level():
    values = []
    for seed in range(80):
        actions, encounters = planted_adoption(
            people=60, notes=4, hashtags=10, taste=0.7, adoption=0.0, seed=seed
        )
        table = adoption_draws(actions, encounters, draws=59, seed=seed)
        observed, null = adoption_statistics(table)
        values.append(((null >= observed).sum() + 1) / 60)
    assert np.mean(np.array(values) <= 0.05) <= 0.125
    assert 0.4 <= np.mean(values) <= 0.65


def timeline(*events):
    """Actions and encounters of one person from (is_post, tags) in order of time."""
    actions = pd.DataFrame(
        [(1, n, is_post, float(n)) for n, (is_post, _) in enumerate(events, 1)],
        columns=["user_number", "action_number", "is_post", "happened_at"],
    )
    encounters = pd.DataFrame(
        [
            (n, tag, is_post)
            for n, (is_post, tags) in enumerate(events, 1)
            for tag in tags
        ],
        columns=["action_number", "hashtag_number", "is_use"],
    )
    return actions, encounters


def observed_counts(*events, max_exposures=3):
    table = adoption_draws(
        *timeline(*events), draws=1, seed=0, max_exposures=max_exposures
    )
    held = table[table["draw"] == 0]
    return held["occasion_count"].tolist(), held["adoption_count"].tolist()


MEET, POST = False, True


def test_occasions_end_with_the_first_use_and_count_meetings_since_the_last_note():
    occasions, adoptions = observed_counts(
        (MEET, [7]),
        (MEET, [7]),
        (POST, []),  # an occasion after 2 meetings
        (POST, []),  # an occasion without a new meeting
        (MEET, [7]),
        (POST, [7]),  # adopted after 1
        (MEET, [7]),
        (POST, [7]),  # no longer an adoption
    )
    assert occasions == [1, 1, 1, 0]
    assert adoptions == [0, 1, 0, 0]


def test_a_tag_used_before_it_was_met_is_not_adopted():
    occasions, adoptions = observed_counts(
        (POST, [7]), (MEET, [7]), (POST, [7]), (MEET, [8]), (POST, [])
    )
    assert occasions == [0, 1, 0, 0]
    assert adoptions == [0, 0, 0, 0]


def test_a_meeting_that_no_note_follows_is_no_occasion():
    actions, encounters = timeline((POST, [1]), (MEET, [7]))
    assert adoption_draws(actions, encounters, draws=2, seed=0).empty
    assert adoption_null(actions, encounters, draws=2, seed=0).empty


def test_meetings_beyond_the_highest_number_count_as_it():
    occasions, adoptions = observed_counts(
        *[(MEET, [7])] * 6, (POST, [7]), max_exposures=2
    )
    assert occasions == [0, 0, 1]
    assert adoptions == [0, 0, 1]


def test_the_hashtag_that_spreads_is_named_and_no_other():
    actions, encounters = planted_adoption(
        people=400, notes=6, hashtags=20, taste=0.3, adoption=0.0, seed=5
    )
    rng = np.random.default_rng(0)
    met = encounters[(encounters["hashtag_number"] == 3) & ~encounters["is_use"]]
    users = actions.set_index("action_number")["user_number"]
    following = met["action_number"] + 1
    assert (users[following].to_numpy() == users[met["action_number"]].to_numpy()).all()
    adopted = following[rng.random(len(following)) < 0.5]
    extra = pd.DataFrame(
        {"action_number": adopted, "hashtag_number": 3, "is_use": True}
    )
    spread = pd.concat([encounters, extra]).drop_duplicates()
    table = adoption_null(actions, spread, draws=300, seed=2)
    named = table[table["p_value_adjusted"] < 0.05]
    assert named["hashtag_number"].tolist() == [3]
    total = adoption_draws(actions, spread, draws=1, seed=2)
    exposed = total[(total["draw"] == 0) & (total["exposure_count"] > 0)]
    assert table["adoption_count"].sum() == exposed["adoption_count"].sum()
    assert table["occasion_count"].sum() == exposed["occasion_count"].sum()


def test_adoption_does_not_depend_on_the_order_of_rows():
    actions, encounters = planted_adoption(
        people=40, notes=4, hashtags=8, taste=0.5, adoption=0.1, seed=3
    )
    mixed = (actions.sample(frac=1, random_state=1), encounters[::-1])
    for method in (adoption_draws, adoption_null):
        pd.testing.assert_frame_equal(
            method(actions, encounters, draws=20, seed=1),
            method(*mixed, draws=20, seed=1),
        )


def test_an_encounter_without_its_action_is_refused():
    actions, encounters = timeline((MEET, [7]), (POST, [7]))
    with pytest.raises(ValueError, match="not in the actions"):
        adoption_draws(actions.iloc[:1], encounters, draws=1, seed=0)


def test_empty_frames_give_empty_tables_with_their_columns():
    comments = cascade_frame([])
    actions = pd.DataFrame(columns=["influence_role", *ACTION_COLUMNS])
    timelines, encounters = timeline()
    tables = [
        shape_null(comments, draws=5, seed=0),
        influence_by_role(actions, draws=5, seed=0),
        dispersion_by_role(actions, draws=5, seed=0),
        adoption_draws(timelines, encounters, draws=5, seed=0),
        adoption_null(timelines, encounters, draws=5, seed=0),
    ]
    for table in tables:
        assert table.empty
        assert len(table.columns) >= 4
    filled = influence_by_role(
        planted_influence(people=3, cascades=2, comments=4, strength=0, seed=0).assign(
            influence_role="amplifier"
        ),
        draws=5,
        seed=0,
    )
    assert tables[1].dtypes.to_dict() == filled.dtypes.to_dict()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_numbers(seed):
    comments = cascade_frame([[-1, 0, 0, 1, -1, 4]])
    pd.testing.assert_frame_equal(
        shape_null(comments, draws=10, seed=seed),
        shape_null(comments, draws=10, seed=seed),
    )
