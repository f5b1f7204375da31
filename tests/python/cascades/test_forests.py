"""Forests of replies against closed forms and a graph library."""

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refugee_adaptation.cascades.adoption import adoption_draws, adoption_null
from refugee_adaptation.cascades.forests import (
    in_order,
    node_depths,
    random_forests,
    structural_virality,
    subtree_sizes,
)
from refugee_adaptation.planted.cascades import planted_adoption


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


@given(forests())
def test_in_order_parents_come_first_in_the_same_forest(parents):
    ordered = in_order(parents)
    assert (ordered < np.arange(len(ordered))).all()
    assert in_order(ordered).tolist() == ordered.tolist()
    assert sorted(node_depths(ordered)) == sorted(node_depths(parents))
    assert sorted(subtree_sizes(ordered)) == sorted(subtree_sizes(parents))


@given(forests(), st.integers(0, 2**32 - 1))
def test_random_forests_keep_every_degree(parents, seed):
    ordered = in_order(parents)
    degree = np.bincount(ordered[ordered >= 0], minlength=len(ordered))
    drawn = random_forests(degree, 5, np.random.default_rng(seed))
    for row in drawn:
        assert (row < np.arange(len(row))).all()  # parents first: a forest
        assert np.bincount(row[row >= 0], minlength=len(row)).tolist() == list(degree)


def growing_forests(degrees):
    """All forests whose nodes answer an earlier one, with these degrees."""
    for parents in itertools.product(*(range(-1, k) for k in range(len(degrees)))):
        if [parents.count(node) for node in range(len(degrees))] == degrees:
            yield parents


def test_random_forests_are_uniform():
    degrees = [2, 1, 0, 1, 0, 0]
    expected = set(growing_forests(degrees))
    assert len(expected) > 5
    draws = 40_000
    drawn = random_forests(degrees, draws, np.random.default_rng(7))
    found = Counter(map(tuple, drawn.tolist()))
    assert set(found) == expected
    share = draws / len(expected)
    chi_square = sum((count - share) ** 2 / share for count in found.values())
    freedom = len(expected) - 1
    assert chi_square < freedom + 4 * np.sqrt(2 * freedom)


@pytest.mark.parametrize("degrees", [[1], [1, 1], [-1, 0], [0, 1]])
def test_degrees_without_a_place_for_a_node_are_refused(degrees):
    with pytest.raises(ValueError, match="place for every node"):
        random_forests(degrees, 1, np.random.default_rng(0))


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
