"""Positions of users on a plane: computed once, stored, the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.communities import ties
from refugee_adaptation.communities.partitions import by_size
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, stacked_frame

LAYOUT_COLUMNS = {
    "tie_kind": "string",
    "user_number": "int64",
    "component_number": "int64",
    "x": "float64",
    "y": "float64",
}
PIVOTS = 50
ITERATIONS = 100
# the natural length of a tie is 1; beyond this distance users no longer repel
REACH = 2.0
# room between two components
GAP = 3.0
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def pivot_mds(adjacency: Any) -> FloatArray:
    """Rough positions of one connected graph from distances to pivots.

    Pivots are spread out: each next one is the user farthest from those before.

    Source: Brandes and Pich (2007), Eigensolver methods for progressive
    multidimensional scaling of large data.

    Args:
        adjacency: symmetric weights of a connected graph, shape (n, n), CSR; the
            distance is the number of ties.

    Returns:
        Positions, one tie long per unit on average, rounded so that the arithmetic of
        another machine gives the same, shape (n, 2).
    """
    from scipy.sparse.csgraph import dijkstra

    count = adjacency.shape[0]
    nearest = np.full(count, np.inf)
    pivot = int(np.argmax(np.diff(adjacency.indptr)))
    columns = []
    for _ in range(min(PIVOTS, count)):
        distance = dijkstra(adjacency, unweighted=True, indices=pivot)
        columns.append(distance)
        nearest = np.minimum(nearest, distance)
        pivot = int(np.argmax(nearest))
    squared = np.column_stack(columns) ** 2
    centred = (
        squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    )
    vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    if vectors.shape[1] < 2:
        vectors = np.column_stack([vectors, np.zeros(vectors.shape[0])])
    # the sign of an eigenvector is arbitrary: its largest entry is made positive
    largest = vectors[np.abs(vectors).argmax(axis=0), [0, 1]]
    placed = centred @ (vectors * np.where(largest < 0, -1.0, 1.0))
    spread = placed.std(axis=0)
    scaled: FloatArray = np.round(placed / np.where(spread > 0, spread, 1.0), 6)
    return scaled


def parts_of(component: IntArray) -> list[IntArray]:
    """Positions of the users of each component, components numbered from 1."""
    order = np.argsort(component, kind="stable")
    ends = np.searchsorted(component[order], np.arange(1, component.max() + 2))
    return [order[ends[i] : ends[i + 1]] for i in range(component.max())]


def pack(positions: FloatArray, component: IntArray) -> FloatArray:
    """Move components apart: the largest in the middle, others in a spiral around it.

    Args:
        positions: positions within each component, shape (n, 2).
        component: number of each user's component, from 1 by size, shape (n,).

    Returns:
        Positions on one plane, shape (n, 2).
    """
    packed = np.empty_like(positions)
    area = 0.0
    for number, members in enumerate(parts_of(component)):
        own = positions[members]
        own = own - (own.max(axis=0) + own.min(axis=0)) / 2
        radius = float(np.sqrt((own**2).sum(axis=1)).max())
        away = 0.0 if number == 0 else 1.1 * np.sqrt(area) + radius
        angle = number * GOLDEN_ANGLE
        packed[members] = own + away * np.array([np.cos(angle), np.sin(angle)])
        area += (radius + GAP / 2) ** 2
    return packed


def first_positions(graph: ties.TieGraph, component: IntArray) -> FloatArray:
    """Where users start: each component by its distances to pivots.

    Args:
        graph: undirected graph.
        component: number of each user's component, from 1 by size, shape (n,).

    Returns:
        Positions, shape (n, 2).
    """
    positions = np.zeros((graph.user_count, 2))
    for members in parts_of(component):
        shape = pivot_mds(graph.adjacency[members][:, members])
        # users at the same distances from every pivot start a little apart
        turn = np.arange(members.size) * GOLDEN_ANGLE
        shape += 0.05 * np.column_stack([np.cos(turn), np.sin(turn)])
        positions[members] = 0.5 * np.sqrt(members.size) * shape
    return pack(positions, component)


def settle(graph: ties.TieGraph, positions: FloatArray) -> FloatArray:
    """Improve positions by forces: tied users attract, near users repel.

    Fruchterman and Reingold's grid variant, whole arrays at a time: repulsion 1/d
    within reach, attraction d^2 times the tie's weight relative to the mean, shared
    over the degree so that hubs do not collapse, steps that shrink.

    Source: Fruchterman and Reingold (1991), Graph drawing by force-directed
    placement; Jacomy et al. (2014), ForceAtlas2 (attraction shared by degree).

    Args:
        graph: undirected graph.
        positions: where users start, shape (n, 2).

    Returns:
        Where they end, shape (n, 2).
    """
    from scipy.spatial import cKDTree

    low, high, weight = ties.edge_list(graph)
    degree = np.diff(graph.adjacency.indptr).astype(np.float64)
    pull = (weight / weight.mean()) ** 0.5
    pull = pull / np.sqrt(np.minimum(degree[low], degree[high]))
    x, y = positions.T.copy()

    def apart(i: IntArray, j: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        gap_x, gap_y = x[i] - x[j], y[i] - y[j]
        return gap_x, gap_y, gap_x**2 + gap_y**2

    def pushed(i: IntArray, j: IntArray, force: FloatArray) -> FloatArray:
        pushes = np.bincount(i, force, x.size) - np.bincount(j, force, x.size)
        return pushes.astype(np.float64, copy=False)

    for iteration in range(ITERATIONS):
        gap_x, gap_y, squared = apart(high, low)
        force = pull * np.minimum(np.sqrt(squared), 10.0)
        move_x = pushed(low, high, gap_x * force)
        move_y = pushed(low, high, gap_y * force)
        near = cKDTree(np.column_stack([x, y])).query_pairs(
            REACH, output_type="ndarray"
        )
        i, j = near.T.copy()
        gap_x, gap_y, squared = apart(i, j)
        force = 1.0 / np.maximum(squared, 1e-4)
        move_x += pushed(i, j, gap_x * force)
        move_y += pushed(i, j, gap_y * force)
        step = 2.0 * (1 - iteration / ITERATIONS) + 0.02
        size = np.sqrt(move_x**2 + move_y**2)
        scale = np.minimum(size, step) / np.maximum(size, 1e-9)
        x += move_x * scale
        y += move_y * scale
    return np.column_stack([x, y])


def network_layout(edges: pd.DataFrame, user_limit: int) -> pd.DataFrame:
    """Positions of the users of every kind of tie.

    Args:
        edges: one row per undirected tie: ``tie_kind``, ``low_user_number``,
            ``high_user_number``, ``weight``.
        user_limit: at most this many users of a kind are placed: those with the
            largest sum of weights.

    Returns:
        One row per kind of tie and placed user: positions within -1 to 1, and the
        connected component, numbered from 1 by size.
    """
    frames = [
        _layout_of(ties.graph_of(edges, kind), kind, user_limit)
        for kind in ties.TIE_KINDS
    ]
    return stacked_frame(frames, LAYOUT_COLUMNS)


def _layout_of(graph: ties.TieGraph, tie_kind: str, user_limit: int) -> pd.DataFrame:
    if graph.user_count > user_limit:
        strength = np.asarray(graph.adjacency.sum(axis=1)).ravel()
        kept = np.sort(np.argsort(-strength, kind="stable")[:user_limit])
        adjacency = graph.adjacency[kept][:, kept]
        graph = ties.TieGraph(graph.users[kept], adjacency)
    if graph.edge_count == 0:
        return empty_frame(LAYOUT_COLUMNS)
    from scipy.sparse.csgraph import connected_components

    component = by_size(connected_components(graph.adjacency)[1])
    placed = pack(settle(graph, first_positions(graph, component)), component)
    placed = placed - (placed.max(axis=0) + placed.min(axis=0)) / 2
    placed = placed / np.abs(placed).max()
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "user_number": graph.users,
            "component_number": component,
            "x": np.round(placed[:, 0], 5),
            "y": np.round(placed[:, 1], 5),
        }
    )
