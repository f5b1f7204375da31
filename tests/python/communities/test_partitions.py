"""Louvain, Leiden, consensus and matching."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    adjusted_rand_score,
)

from network_cases import SMALL, pairs, reply_network, tag_network
from refugee_adaptation.communities import detection, partitions, ties
from refugee_adaptation.planted.networks import PlantedNetwork
from refugee_adaptation.shared.arrays import IntArray


def cliques(count: int, size: int) -> pd.DataFrame:
    """Cliques in a ring, one tie from each to the next."""
    edges = []
    for clique in range(count):
        members = range(clique * size, (clique + 1) * size)
        edges += [(a, b, 1.0) for a in members for b in members if a < b]
        after = ((clique + 1) % count) * size
        edges.append((min(members[-1], after), max(members[-1], after), 1.0))
    return pairs(*edges)


# engines


def reference_louvain(graph: ties.TieGraph, seed: int) -> IntArray:
    """Communities by python-louvain."""
    import community
    import networkx as nx

    network = nx.from_scipy_sparse_array(graph.adjacency)
    by_user = community.best_partition(network, random_state=seed)
    return np.array([by_user[user] for user in range(graph.user_count)])


@pytest.mark.parametrize("network", [tag_network, reply_network])
def test_the_published_partition_is_that_of_python_louvain(
    network: Callable[[], PlantedNetwork],
) -> None:
    """As modular, and no farther from its runs than these are from each other."""
    import community
    import networkx as nx

    planted = network()
    graph = ties.tie_graph(planted.edges)
    runs = [reference_louvain(graph, seed) for seed in range(5)]
    members = detection.memberships(planted.edges, planted.user_tags, SMALL)
    published = members["community_number"].to_numpy(np.int64)
    reached = [partitions.modularity(graph.adjacency, run) for run in runs]
    value = partitions.modularity(graph.adjacency, published)
    assert value == pytest.approx(np.mean(reached), abs=0.005)
    apart = [adjusted_rand_score(runs[0], run) for run in runs[1:]]
    with_published = [adjusted_rand_score(published, run) for run in runs]
    assert np.mean(with_published) >= np.mean(apart) - 0.05
    weighted = nx.from_scipy_sparse_array(graph.adjacency)
    by_reference = community.modularity(dict(enumerate(published)), weighted)
    assert value == pytest.approx(by_reference)


@pytest.mark.parametrize("network", [tag_network, reply_network])
def test_runs_are_those_of_the_class_of_scikit_network(
    network: Callable[[], PlantedNetwork],
) -> None:
    from sknetwork.clustering import Louvain

    graph = ties.tie_graph(network().edges)
    for seed in range(5):
        fitted = Louvain(
            shuffle_nodes=True,
            random_state=seed,
            tol_optimization=partitions.TOLERANCE,
            tol_aggregation=partitions.TOLERANCE,
        ).fit_predict(graph.adjacency)
        assert adjusted_rand_score(fitted, partitions.louvain(graph, seed)) > 0.999


def test_louvain_and_leiden_find_cliques() -> None:
    graph = ties.tie_graph(cliques(6, 5))
    truth = np.repeat(np.arange(6), 5)
    for run in (
        reference_louvain(graph, 1),
        partitions.louvain(graph, 1),
        partitions.leiden(graph, 1),
    ):
        assert adjusted_rand_score(truth, run) == 1


def test_leiden_ends_repeats_and_joins_only_connected_users() -> None:
    """On sparse random graphs the library's own refinement need not end."""
    import networkx as nx

    for seed in range(20):
        network = nx.gnp_random_graph(181, 3 / 181, seed=seed)
        edges = pairs(*[(a, b, 1.0) for a, b in network.edges])
        graph = ties.tie_graph(edges)
        run = partitions.leiden(graph, seed)
        assert np.array_equal(run, partitions.leiden(graph, seed))
        value = partitions.modularity(graph.adjacency, run)
        louvain = partitions.louvain(graph, seed)
        reached = partitions.modularity(graph.adjacency, louvain)
        assert value == pytest.approx(reached, abs=0.04)
        for name in np.unique(run):
            inside = graph.users[run == name].tolist()
            assert nx.is_connected(network.subgraph(inside))


# partitions


def test_communities_are_numbered_by_size_then_by_first_user() -> None:
    assert partitions.by_size(np.array([4, 9, 9, 2, 4, 7])).tolist() == [
        1,
        2,
        2,
        3,
        1,
        4,
    ]
    assert partitions.by_size(np.array([], dtype=np.int64)).size == 0


def test_matching_undoes_renaming_and_leaves_out_what_has_no_match() -> None:
    reference = np.array([1, 1, 1, 2, 2, 3])
    renamed = np.array([30, 30, 30, 10, 10, 20])
    assert partitions.match_partitions(reference, renamed) == {30: 1, 10: 2, 20: 3}
    assert partitions.stays(reference, renamed).all()
    split = np.array([5, 5, 6, 7, 7, 8])
    matched = partitions.match_partitions(reference, split)
    assert matched == {5: 1, 7: 2, 8: 3}
    assert partitions.stays(reference, split).tolist() == [1, 1, 0, 1, 1, 1]
    empty = np.array([], dtype=np.int64)
    assert partitions.match_partitions(empty, empty) == {}


def test_matching_is_optimal_not_greedy() -> None:
    # taking the largest overlap first (a-x, 5) would leave b unmatched
    reference = np.array([1] * 9 + [2] * 4)
    other = np.array([1] * 5 + [2] * 4 + [1] * 4)
    assert partitions.match_partitions(reference, other) == {2: 1, 1: 2}


def test_consensus_of_equal_runs_is_that_run_and_of_unequal_ones_no_worse() -> None:
    graph = ties.tie_graph(cliques(6, 5))
    truth = np.repeat(np.arange(6), 5)
    agreed = partitions.consensus(graph, [truth, truth + 3], seed=1)
    assert adjusted_rand_score(truth, agreed) == 1
    torn = truth.copy()
    torn[3] = torn[9] = 5
    agreed = partitions.consensus(graph, [truth, torn, truth], seed=1)
    assert adjusted_rand_score(truth, agreed) == 1
