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


def random_forests(
    child_counts: npt.ArrayLike, draws: int, rng: np.random.Generator
) -> IntArray:
    """Draw uniformly random forests in which every node keeps its number of children.

    The degrees are permuted and rotated to a valid breadth-first sequence; a forest of
    k trees has exactly k valid rotations (the cycle lemma of Dvoretzky and Motzkin,
    1947; see Devroye, 2012, Simulating size-constrained Galton-Watson trees).

    Args:
        child_counts: shape (n,), children of every node; n minus their sum is the
            number of roots.
        draws: number of forests.
        rng: source of randomness.

    Returns:
        Shape (draws, n), position of each node's parent in the same row, -1 for a
        root. Nodes stand in breadth-first order.

    Raises:
        ValueError: the counts leave no root, or one is negative.
    """
    degree = np.asarray(child_counts, dtype=np.int64)
    size = len(degree)
    roots = size - int(degree.sum())
    if (degree < 0).any() or (size and roots < 1):
        msg = "child counts must be at least 0 and leave at least one root"
        raise ValueError(msg)
    if size == 0:
        return np.empty((draws, 0), dtype=np.int64)
    shuffled = degree[np.argsort(rng.random((draws, size)), axis=1)]
    walk = np.cumsum(shuffled - 1, axis=1)
    level = walk.min(axis=1) + rng.integers(0, roots, size=draws)
    start = np.argmax(walk == level[:, None], axis=1) + 1
    rotated = np.take_along_axis(
        shuffled, (start[:, None] + np.arange(size)) % size, axis=1
    )
    positions = np.broadcast_to(np.arange(size), (draws, size))
    children = np.repeat(positions.ravel(), rotated.ravel())
    return np.hstack(
        [
            np.full((draws, roots), -1, dtype=np.int64),
            children.reshape(draws, size - roots),
        ]
    )
