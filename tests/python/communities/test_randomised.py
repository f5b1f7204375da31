"""Random graphs keep what their null model keeps."""

from __future__ import annotations

import dataclasses

import numpy as np

from network_cases import SMALL, pairs, reply_network, tag_network, threads_of
from refugee_adaptation.communities import (
    detection,
    randomised,
    ties,
)
from refugee_adaptation.communities.nulls import null_test
from refugee_adaptation.planted import networks

# null models


def test_traded_tags_keep_both_degrees_and_never_repeat() -> None:
    tags = tag_network()
    incidence = ties.tag_incidence(tags.user_tags)
    rng = np.random.default_rng(1)
    for traded in randomised.tag_shuffles(incidence, 3, rng):
        assert np.array_equal(np.bincount(traded), np.bincount(incidence.tag_index))
        uses = set(zip(incidence.user_index, traded, strict=True))
        assert len(uses) == traded.size
        assert (traded != incidence.tag_index).mean() > 0.5


def test_rewired_ties_keep_every_degree_and_stay_simple() -> None:
    replies = reply_network()
    graph = ties.tie_graph(replies.edges)
    degree = np.diff(graph.adjacency.indptr)
    for null in randomised.rewired_graphs(graph, 3, np.random.default_rng(1)):
        assert np.array_equal(np.diff(null.adjacency.indptr), degree)
        assert null.adjacency.diagonal().sum() == 0
        assert null.adjacency.sum() == graph.adjacency.sum()
        moved = (null.adjacency > 0) != (graph.adjacency > 0)
        assert moved.nnz > graph.adjacency.nnz / 2


def test_rewired_ties_are_uniform_over_all_graphs_of_these_degrees() -> None:
    # six users with one tie each: fifteen perfect matchings
    low, high = np.array([0, 2, 4]), np.array([1, 3, 5])
    rng = np.random.default_rng(4)
    seen: dict[frozenset[frozenset[int]], int] = {}
    for _ in range(6000):
        low, high = randomised.swap_edges(low, high, 6, 6, rng)
        key = frozenset(
            frozenset(pair) for pair in zip(low.tolist(), high.tolist(), strict=True)
        )
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 15
    counts = np.array(list(seen.values()))
    assert ((counts - 400) ** 2 / 400).sum() < 36.1  # chi-square, 14 df, p = .001


def test_shuffled_posts_keep_their_audience_and_the_replies_inside() -> None:
    # three posts: a star of three, a conversation of two, and one of the same two
    posts = [1, 1, 2, 2, 3]
    edges = pairs((1, 2, 1), (1, 3, 4), (4, 5, 2), (5, 4, 3), (4, 5, 7))
    threads = ties.reply_threads(threads_of(edges, *posts))
    assert np.bincount(threads.post_index).tolist() == [3, 2, 2]
    seen = set()
    for null in randomised.thread_shuffles(threads, 60, np.random.default_rng(1)):
        assert null.adjacency.diagonal().sum() == 0
        assert null.adjacency.sum() == 2 * (1 + 4 + 5 + 7)
        # users 4 and 5 are under two posts, so with no more than 2 + 1 others
        neighbours = np.diff(null.adjacency.indptr)
        assert (neighbours[:3] <= 2).all()
        assert (neighbours[3:] >= 1).all()
        low, high, weight = ties.edge_list(null)
        seen.add(tuple(zip(low.tolist(), high.tolist(), weight.tolist(), strict=True)))
        # the weights are those of the replies under a post, or of two posts together
        assert set(weight) <= {1, 4, 5, 7, 12, 8, 6, 9, 11}
    assert len(seen) > 10


def test_a_single_tie_cannot_be_rewired_and_a_null_without_spread_has_no_z() -> None:
    graph = ties.tie_graph(pairs((1, 2, 1.0)))
    (null,) = randomised.rewired_graphs(graph, 1, np.random.default_rng(1))
    assert (null.adjacency != graph.adjacency).nnz == 0
    test = null_test(0.5, [0.2, 0.2, 0.2])
    assert np.isnan(test.z)
    assert test.draws == 3
    assert np.isnan(null_test(0.5, []).mean)


def test_large_graphs_get_fewer_draws() -> None:
    replies = reply_network()
    tight = dataclasses.replace(SMALL, edge_budget=1, resamples=50)
    members = detection.memberships(replies.edges, networks.no_tags(), tight)
    assert set(members["resample_count"]) == {detection.FEWEST_RESAMPLES}
    assert {len(runs) for runs in members["louvain_runs"]} == {detection.FEWEST_RUNS}
    assert tight.bounded(50, 1000) == randomised.FEWEST_DRAWS
    roomy = dataclasses.replace(tight, edge_budget=10**9)
    assert roomy.bounded(50, 1000) == 50
