"""Partitions of a graph: Louvain and Leiden runs, their consensus and their matching.

Every Louvain run is scikit-network's, on the ties as on null graphs and resamples: an
observed value and its null come from one engine. A test holds it to python-louvain.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from refugee_adaptation.communities import ties
from refugee_adaptation.shared.arrays import BoolArray, IntArray

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
    total = adjacency.sum()
    if total == 0:
        return 0.0
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    row = np.repeat(np.arange(labels.size), np.diff(adjacency.indptr))
    inside = adjacency.data[labels[row] == labels[adjacency.indices]].sum() / total
    return float(inside - ((np.bincount(labels, degree) / total) ** 2).sum())


def louvain(graph: ties.TieGraph, seed: int) -> IntArray:
    """One Louvain run at resolution 1, by scikit-network.

    Source: Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of
    communities in large networks.

    Args:
        graph: undirected graph.
        seed: order in which users are visited.

    Returns:
        Community of each user, from 0, shape (n,).
    """
    from sknetwork.clustering.louvain_core import optimize_core
    from sknetwork.utils.check import check_random_state

    # the moves are the library's compiled ones, in its order of users; its own loop
    # around them spends most of a small graph's time on making sparse matrices. A test
    # holds the partitions to those of its class
    users = graph.user_count
    if graph.edge_count == 0:
        return np.arange(users)
    order = check_random_state(seed).permutation(users)
    level = graph.adjacency[order][:, order]
    level.data = level.data / level.data.sum()
    member = np.arange(users)
    while True:
        weight = np.asarray(level.sum(axis=1)).ravel()
        size, single = weight.size, weight.astype(np.float32)
        moved, gain = optimize_core(
            np.arange(size, dtype=np.int32),
            level.indices.astype(np.int32, copy=False),
            level.indptr.astype(np.int32, copy=False),
            level.data.astype(np.float32),
            single,
            single,
            single.copy(),
            single.copy(),
            np.zeros(size, dtype=np.float32),
            level.diagonal().astype(np.float32),
            1.0,
            TOLERANCE,
        )
        parts = np.unique(moved, return_inverse=True)[1]
        count = int(parts.max()) + 1
        # what the last pass moved counts: at its end nodes are communities
        member = parts[member]
        if gain <= TOLERANCE or count == 1:
            break
        row = np.repeat(parts, np.diff(level.indptr))
        level = sparse.csr_matrix(
            (level.data, (row, parts[level.indices])), shape=(count, count)
        )
    found = np.empty(users, dtype=np.int64)
    found[order] = member
    return by_size(found) - 1


def leiden(graph: ties.TieGraph, seed: int) -> IntArray:
    """One Leiden run at resolution 1, by graspologic-native.

    Source: Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing
    well-connected communities.

    Args:
        graph: undirected graph.
        seed: start of every random draw.

    Returns:
        Community of each user, from 0, shape (n,).
    """
    from graspologic_native import leiden_csr

    if graph.edge_count == 0:
        return np.arange(graph.user_count)
    ties_of = graph.adjacency
    _, community_of = leiden_csr(
        ties_of.indptr.astype(np.int64),
        ties_of.indices.astype(np.int32),
        ties_of.data.astype(np.float64),
        graph.user_count,
        seed=seed,
    )
    users = range(graph.user_count)
    labels = np.fromiter((community_of[user] for user in users), dtype=np.int64)
    return by_size(labels) - 1


def consensus(graph: ties.TieGraph, runs: Sequence[IntArray], seed: int) -> IntArray:
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
        runs = [louvain(agreed, seed + i) for i in range(len(runs))]
    return max(runs, key=lambda run: modularity(graph.adjacency, run))


def runs_of(members: pd.DataFrame, tie_kind: str, column: str) -> list[IntArray]:
    """Partitions that a column of lists holds, of the users in ascending order.

    Args:
        members: one row per kind of tie and user: ``tie_kind``, ``user_number`` and
            the column.
        tie_kind: kind of tie.
        column: ``louvain_runs`` or ``leiden_runs``.

    Returns:
        One partition per run, each of shape (n,).
    """
    own = members[members["tie_kind"] == tie_kind].sort_values("user_number")
    return list(np.vstack(own[column].tolist()).astype(np.int64).T)


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
    cells, common = np.unique(row * other_names.size + column, return_counts=True)
    row, column = np.divmod(cells, other_names.size)
    sides = names.size + other_names.size
    table = sparse.coo_matrix(
        (common, (row, names.size + column)), shape=(sides, sides)
    )
    part = connected_components(table, directed=False)[1]
    row_place = _places(part[: names.size])
    column_place = _places(part[names.size :])
    by_part = np.argsort(part[row], kind="stable")
    ends = np.searchsorted(part[row][by_part], np.arange(part.max() + 2))
    matched: dict[int, int] = {}
    for first, end in pairwise(ends.tolist()):
        held = by_part[first:end]
        i, j = row_place[row[held]], column_place[column[held]]
        cell = np.full((i.max() + 1, j.max() + 1), -1)
        cell[i, j] = held
        users = np.where(cell >= 0, common[cell], 0)
        for pair in zip(*linear_sum_assignment(users, maximize=True), strict=True):
            if users[pair]:
                chosen = cell[pair]
                matched[int(other_names[column[chosen]])] = int(names[row[chosen]])
    return matched


def _places(part: IntArray) -> IntArray:
    """Position of each element among those of its part, in their order."""
    order = np.argsort(part, kind="stable")
    place = np.empty(part.size, dtype=np.int64)
    place[order] = np.arange(part.size) - np.searchsorted(part[order], part[order])
    return place


def stays(reference: IntArray, other: IntArray) -> BoolArray:
    """Which users of a partition are in the matched community of another one."""
    matched = match_partitions(reference, other)
    names, place = np.unique(other, return_inverse=True)
    target = np.array([matched.get(int(name), -1) for name in names], dtype=np.int64)
    return np.asarray(target[place] == reference)
