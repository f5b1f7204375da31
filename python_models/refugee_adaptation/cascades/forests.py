"""Forests of replies as arrays of parents: depth, size, virality and random forests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from refugee_adaptation.shared.arrays import IntArray


def node_depths(parent: npt.ArrayLike) -> IntArray:
    """Count the steps from every node of a forest up to its root.

    Args:
        parent: shape (n,), position of each node's parent, -1 for a root.

    Returns:
        Shape (n,), 1 for a root (a first-level comment), 2 for its children.

    Raises:
        ValueError: a parent lies outside the array, or the parents run in a circle.
    """
    parents = np.asarray(parent, dtype=np.int64)
    size = len(parents)
    if size and (parents.min() < -1 or parents.max() >= size):
        msg = "a parent lies outside the array of nodes"
        raise ValueError(msg)
    # pointer doubling; the extra last node is the one above all roots
    jump = np.append(np.where(parents < 0, size, parents), size)
    depth = np.append(np.ones(size, dtype=np.int64), 0)
    for _ in range(max(size, 1).bit_length() + 1):
        if (jump == size).all():
            return depth[:-1]
        depth = depth + depth[jump]
        jump = jump[jump]
    msg = "the parents run in a circle: no root above some node"
    raise ValueError(msg)


def subtree_sizes(parent: npt.ArrayLike, depth: IntArray | None = None) -> IntArray:
    """Count the nodes at or below every node of a forest, in O(n log n).

    Args:
        parent: shape (n,), position of each node's parent, -1 for a root.
        depth: shape (n,), the nodes' depths when they are known already.

    Returns:
        Shape (n,), 1 for a leaf.

    Raises:
        ValueError: a parent lies outside the array, or the parents run in a circle.
    """
    parents = np.asarray(parent, dtype=np.int64)
    depths = node_depths(parents) if depth is None else depth
    sizes = np.ones(len(parents), dtype=np.int64)
    by_depth = np.argsort(depths, kind="stable")
    ends = np.cumsum(np.bincount(depths, minlength=1))
    for level in range(len(ends) - 1, 1, -1):
        nodes = by_depth[ends[level - 1] : ends[level]]
        np.add.at(sizes, parents[nodes], sizes[nodes])
    return sizes


def structural_virality(parent: npt.ArrayLike) -> float:
    """Mean distance between two nodes of a reply tree.

    The tree is the note (its root) and the forest of its comments. Every edge lies on
    ``s * (n - s)`` of the paths, ``s`` being the size of the subtree below it, so the
    mean needs no pair to be visited. A star gives about 2, a chain of n nodes
    ``(n + 1) / 3``. Source: Goel, Anderson, Hofman and Watts (2016), The structural
    virality of online diffusion, Management Science 62(1).

    Args:
        parent: shape (n,), position of each comment's parent, -1 for the note.

    Returns:
        Distance in edges; 0 when there is no comment.
    """
    parents = np.asarray(parent, dtype=np.int64)
    nodes = len(parents) + 1
    if nodes == 1:
        return 0.0
    sizes = subtree_sizes(parents).astype(float)
    return float(2 * (sizes * (nodes - sizes)).sum() / (nodes * (nodes - 1)))


def in_order(parent: npt.ArrayLike) -> IntArray:
    """Put every parent before its children, and otherwise keep the order of the nodes.

    Args:
        parent: shape (n,), position of each node's parent, -1 for a root.

    Returns:
        Shape (n,), the same forest with its nodes renumbered.

    Raises:
        ValueError: a parent lies outside the array, or the parents run in a circle.
    """
    parents = np.asarray(parent, dtype=np.int64)
    place = np.arange(len(parents))
    if (parents < place).all():
        return parents
    depths = node_depths(parents)
    for level in range(2, int(depths.max()) + 1):
        nodes = np.flatnonzero(depths == level)
        place[nodes] = np.maximum(place[nodes], place[parents[nodes]])
    order = np.lexsort([depths, place])
    renumbered = np.empty(len(parents) + 1, dtype=np.int64)
    renumbered[order], renumbered[-1] = np.arange(len(parents)), -1
    return renumbered[parents[order]]


def random_forests(
    child_counts: npt.ArrayLike, draws: int, rng: np.random.Generator
) -> IntArray:
    """Draw uniformly random growing forests: nodes keep their moment and children.

    A node may only hang under an earlier one, as a comment can answer only what is
    there. Every node takes one of the free places among the earlier nodes, with equal
    chance: how many are free does not depend on the draw, so every forest has the same
    probability. What grows by answers to anybody with equal chance (a recursive tree)
    is such a forest, given its degrees; see Drmota (2009), Random trees, 1.3.

    Args:
        child_counts: shape (n,), children of every node in the order of arrival; n
            minus their sum is the number of roots.
        draws: number of forests.
        rng: source of randomness.

    Returns:
        Shape (draws, n), position of each node's parent in the same row, -1 for a root.

    Raises:
        ValueError: the counts leave no root or no place for some node, or one is
            negative.
    """
    degree = np.asarray(child_counts, dtype=np.int64)
    size = len(degree)
    roots = size - int(degree.sum())
    places = np.concatenate([[roots], degree])
    opened = np.cumsum(places)[:-1]
    if (places < 0).any() or (opened <= np.arange(size)).any():
        msg = "child counts must be at least 0 and leave a place for every node"
        raise ValueError(msg)
    # a row a place: those before the node's own row are taken
    parents = np.repeat(np.arange(-1, size), places)[:, None].repeat(draws, axis=1)
    chances = rng.random((size, draws))
    columns = np.arange(draws)
    for node in range(size):
        chosen = node + (chances[node] * (opened[node] - node)).astype(np.int64)
        taken = parents[chosen, columns]
        parents[chosen, columns] = parents[node]
        parents[node] = taken
    return parents.T
