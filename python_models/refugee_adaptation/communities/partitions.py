"""Partitions of a graph: Louvain and Leiden runs, their consensus and their matching.

python-louvain is the reference implementation; scikit-network's Louvain does the many
runs on null graphs and resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from refugee_adaptation.communities import ties
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray

REFERENCE_ENGINE = "python-louvain"
FAST_ENGINE = "scikit-network"
# scikit-network works in single precision: a pass that gains much less is noise, and
# the search might never end
TOLERANCE = 1e-3
# two users belong together when most runs say so
CONSENSUS_SHARE = 0.5
CONSENSUS_ROUNDS = 10


def modularity(adjacency: Any, labels: IntArray) -> float:
    """Weighted modularity of a partition, at resolution 1; 0 without an edge.

    Source: Newman (2004), Analysis of weighted networks.

    Args:
        adjacency: symmetric weights, shape (n, n), CSR.
        labels: community of each user, shape (n,).
    """
    if adjacency.nnz == 0:
        return 0.0
    from sknetwork.clustering import get_modularity

    return float(get_modularity(adjacency, labels))


def louvain(graph: ties.TieGraph, seed: int, engine: str = FAST_ENGINE) -> IntArray:
    """One Louvain run at resolution 1.

    Source: Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of
    communities in large networks.

    Args:
        graph: undirected graph.
        seed: order in which users are visited.
        engine: ``python-louvain`` or ``scikit-network``.

    Returns:
        Community of each user, from 0, shape (n,).

    Raises:
        ValueError: another engine.
    """
    if engine not in (REFERENCE_ENGINE, FAST_ENGINE):
        raise ValueError(f"unknown Louvain engine {engine!r}")
    if graph.edge_count == 0:
        return np.arange(graph.user_count)
    if engine == REFERENCE_ENGINE:
        import community
        import networkx as nx

        network = nx.Graph()
        network.add_nodes_from(range(graph.user_count))
        low, high, weight = ties.edge_list(graph)
        network.add_weighted_edges_from(
            zip(low.tolist(), high.tolist(), weight.tolist(), strict=True)
        )
        partition = community.best_partition(network, random_state=seed)
        return np.array([partition[node] for node in range(graph.user_count)])
    from sknetwork.clustering import Louvain

    return np.asarray(
        Louvain(
            shuffle_nodes=True,
            random_state=seed,
            tol_optimization=TOLERANCE,
            tol_aggregation=TOLERANCE,
            return_probs=False,
            return_aggregate=False,
        ).fit_predict(graph.adjacency),
        dtype=np.int64,
    )


def refine(
    labels: IntArray, adjacency: Any, weight: FloatArray, rng: np.random.Generator
) -> IntArray:
    """Refinement phase of Leiden: split communities into well-joined parts.

    Every user starts alone; users are visited once, in random order, and one who is
    still alone joins a part of its own community, drawn among those that raise
    modularity.

    scikit-network's own refinement repeats until nothing moves, draws from the C
    library's generator and, in single precision, need not end (it did not on a random
    graph of 181 users), so this one stands in its place.

    Source: Traag, Waltman and van Eck (2019), From Louvain to Leiden, algorithm A.2.

    Args:
        labels: community of each node, shape (n,).
        adjacency: symmetric weights that sum to 1, shape (n, n), CSR.
        weight: weighted degree of each node, summing to 1, shape (n,).
        rng: source of randomness.

    Returns:
        Part of each node, shape (n,).
    """
    parts = np.arange(labels.size)
    part_weight = weight.astype(np.float64)
    part_size = np.ones(labels.size, dtype=np.int64)
    start, neighbours, values = adjacency.indptr, adjacency.indices, adjacency.data
    for node in rng.permutation(labels.size):
        if part_size[parts[node]] > 1:
            continue
        around = neighbours[start[node] : start[node + 1]]
        inside = (labels[around] == labels[node]) & (around != node)
        if not inside.any():
            continue
        targets, place = np.unique(parts[around[inside]], return_inverse=True)
        joined = np.bincount(
            place, weights=values[start[node] : start[node + 1]][inside]
        )
        gain = joined - weight[node] * part_weight[targets]
        better = targets[gain > 1e-12]
        if not better.size:
            continue
        target = better[rng.integers(better.size)]
        part_size[parts[node]] -= 1
        part_weight[parts[node]] -= weight[node]
        parts[node] = target
        part_size[target] += 1
        part_weight[target] += weight[node]
    return parts


def leiden(graph: ties.TieGraph, seed: int) -> IntArray:
    """One Leiden run at resolution 1, by scikit-network with our refinement.

    Source: Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing
    well-connected communities.

    Returns:
        Community of each user, from 0, shape (n,).
    """
    if graph.edge_count == 0:
        return np.arange(graph.user_count)
    from sknetwork.clustering import Leiden

    rng = np.random.default_rng(seed)

    class RefinedLeiden(Leiden):  # type: ignore[misc]  # the library has no types
        def _optimize_refine(
            self,
            labels: IntArray,
            labels_refined: IntArray,
            adjacency: Any,
            out_weights: FloatArray,
            in_weights: FloatArray,
        ) -> IntArray:
            del labels_refined, in_weights  # undirected: every node starts alone
            return refine(labels, adjacency, out_weights, rng)

    return np.asarray(
        RefinedLeiden(
            shuffle_nodes=True,
            random_state=seed,
            tol_optimization=TOLERANCE,
            tol_aggregation=TOLERANCE,
            return_probs=False,
            return_aggregate=False,
        ).fit_predict(graph.adjacency),
        dtype=np.int64,
    )


def consensus(
    graph: ties.TieGraph, runs: Sequence[IntArray], seed: int, engine: str = FAST_ENGINE
) -> IntArray:
    """Consensus of several runs.

    Each tie is weighted by the share of runs that put both its ends in one community;
    ties below one half are dropped (a user keeps at least its strongest); Louvain
    runs again on these weights until all runs agree.

    Source: Lancichinetti and Fortunato (2012), Consensus clustering in complex
    networks; restricted to the graph's own ties as in Tandon et al. (2019), Fast
    consensus clustering in complex networks.

    Args:
        graph: undirected graph.
        runs: partitions, each of shape (n,).
        seed: first seed of the runs on consensus weights.
        engine: engine of these runs.

    Returns:
        Community of each user, from 0 in no particular order, shape (n,).
    """
    low, high, _ = ties.edge_list(graph)
    for _ in range(CONSENSUS_ROUNDS):
        together = np.mean([run[low] == run[high] for run in runs], axis=0)
        if np.isin(together, (0.0, 1.0)).all():
            break
        strongest = np.zeros(graph.user_count)
        np.maximum.at(strongest, low, together)
        np.maximum.at(strongest, high, together)
        only = (together == strongest[low]) | (together == strongest[high])
        kept = (together > 0) & ((together >= CONSENSUS_SHARE) | only)
        agreed = ties.TieGraph(
            graph.users,
            ties.symmetric(low[kept], high[kept], together[kept], graph.user_count),
        )
        runs = [louvain(agreed, seed + i, engine) for i in range(len(runs))]
    return max(runs, key=lambda run: modularity(graph.adjacency, run))


def by_size(labels: IntArray) -> IntArray:
    """Renumber communities from 1: the largest first, then the smallest user number.

    Args:
        labels: community of each user, users in ascending order, shape (n,).
    """
    _, first, dense, size = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(size.size, dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(1, size.size + 1)
    return rank[dense]


def match_partitions(reference: IntArray, other: IntArray) -> dict[int, int]:
    """Match communities of two partitions of the same users, most users in common.

    One to one, by optimal assignment (Hungarian method) within each connected part of
    the table of common users.

    Source: Kuhn (1955), The Hungarian method for the assignment problem; scipy's
    linear_sum_assignment.

    Args:
        reference: community of each user, shape (n,).
        other: community of each user in the other partition, shape (n,).

    Returns:
        From a community of ``other`` to its match in ``reference``; those without a
        match are left out.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse.csgraph import connected_components

    if not reference.size:
        return {}
    names, row = np.unique(reference, return_inverse=True)
    other_names, column = np.unique(other, return_inverse=True)
    table = sparse.coo_matrix(
        (np.ones(row.size), (row, column)), shape=(names.size, other_names.size)
    ).tocsr()
    part = connected_components(sparse.bmat([[None, table], [table.T, None]]))[1]
    row_parts, column_parts = part[: names.size], part[names.size :]
    matched: dict[int, int] = {}
    rows_by_part = np.argsort(row_parts, kind="stable")
    columns_by_part = np.argsort(column_parts, kind="stable")
    row_ends = np.searchsorted(row_parts[rows_by_part], np.arange(part.max() + 2))
    column_ends = np.searchsorted(
        column_parts[columns_by_part], np.arange(part.max() + 2)
    )
    for number in range(part.max() + 1):
        rows = rows_by_part[row_ends[number] : row_ends[number + 1]]
        columns = columns_by_part[column_ends[number] : column_ends[number + 1]]
        common = table[rows][:, columns].toarray()
        for i, j in zip(*linear_sum_assignment(common, maximize=True), strict=True):
            if common[i, j] > 0:
                matched[int(other_names[columns[j]])] = int(names[rows[i]])
    return matched


def stays(reference: IntArray, other: IntArray) -> BoolArray:
    """Which users of a partition are in the matched community of another one."""
    matched = match_partitions(reference, other)
    names, place = np.unique(other, return_inverse=True)
    target = np.array([matched.get(int(name), -1) for name in names], dtype=np.int64)
    return np.asarray(target[place] == reference)
