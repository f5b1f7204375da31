"""Is a note's reply tree deeper or more viral than chance?

The null keeps when every comment came and how many replies it drew, and shuffles which
earlier comment each answers: a uniformly random growing forest. Results depend on the
numbers in the input and the seed alone: frames are sorted by their number columns.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from refugee_adaptation.cascades.forests import (
    in_order,
    node_depths,
    random_forests,
    subtree_sizes,
)
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.inference import permutation_p

# the number under which shape_null gives the mean over all cascades
MEAN_OF_CASCADES = 0
SHAPE_STATISTICS = ("depth", "breadth", "structural_virality")
# trees are drawn in blocks of about this many nodes, about 100 bytes each
_BLOCK_NODES = 2_000_000
_SHAPE_COLUMNS = {
    "cascade_number": "int64",
    "statistic": "string",
    "observed": "float64",
    "null_mean": "float64",
    "null_sd": "float64",
    "null_low": "float64",
    "null_high": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "draw_count": "int64",
}


def shape_null(
    comments: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    min_comments: int = 5,
    max_comments: int = 200_000,
) -> pd.DataFrame:
    """Compare every reply tree with random growing trees of the same out-degrees.

    Args:
        comments: one row per comment: cascade_number, comment_number and
            parent_comment_number (missing for a first-level comment). A parent has to
            be in the same cascade.
        draws: random trees per cascade.
        seed: seed of the generator; each cascade has a stream of its own.
        min_comments: smaller cascades, and cascades in which nobody replied to a
            comment (whose shape the degrees fix), are left out.
        max_comments: beyond so many comments in all, a random sample of the cascades
            is compared, of so many comments.

    Returns:
        One row per cascade compared and statistic (depth: steps to the deepest comment;
        breadth: most comments at one depth; structural_virality), and one per statistic
        for the mean over them, under cascade number MEAN_OF_CASCADES: the observed
        value, the null's mean, standard deviation and 2.5 and 97.5 % quantiles, z
        (missing when the null does not vary) and the one-sided p-value (observed or
        more; never 0).

    Raises:
        ValueError: a parent is not in the same cascade, or draws is below 1.
    """
    if draws < 1:
        msg = f"draws must be at least 1, got {draws}"
        raise ValueError(msg)
    trees = _sampled(
        _trees(comments, min_comments), max_comments, np.random.default_rng([seed, 0])
    )
    numbers: list[int] = []
    tables: list[FloatArray] = []
    # trees of one size are drawn together: few calls on long arrays
    for size in sorted({len(parent) for parent in trees.values()}):
        batch = max(1, _BLOCK_NODES // (size * (draws + 1)))
        held = [number for number, parent in trees.items() if len(parent) == size]
        for start in range(0, len(held), batch):
            part = held[start : start + batch]
            block = []
            for number in part:
                parent = trees[number]
                degree = np.bincount(parent[parent >= 0], minlength=size)
                rng = np.random.default_rng([seed, number])
                block.append(np.vstack([parent, random_forests(degree, draws, rng)]))
            rows = np.vstack(block)
            step = max(1, _BLOCK_NODES // size)
            statistics = np.concatenate(
                [
                    _forest_statistics(rows[first : first + step])
                    for first in range(0, len(rows), step)
                ]
            )
            numbers.extend(part)
            tables.append(statistics.reshape(len(part), draws + 1, -1))
    if not numbers:
        return empty_frame(_SHAPE_COLUMNS)
    values = np.concatenate(tables)
    # each cascade was drawn on its own, so a mean of draws is a draw of the mean
    numbers.append(MEAN_OF_CASCADES)
    values = np.concatenate([values, values.mean(axis=0, keepdims=True)])
    return _shape_table(np.array(numbers), values, draws)


def _trees(comments: pd.DataFrame, min_comments: int) -> dict[int, IntArray]:
    """Parents of every cascade that can be compared, by cascade_number.

    Returns:
        Shape (n,) each: position of each comment's parent, -1 for the note; parents
        come first.

    Raises:
        ValueError: a parent is not in the same cascade.
    """
    ordered = comments.sort_values(["cascade_number", "comment_number"])
    cascade = ordered["cascade_number"].to_numpy(dtype=np.int64)
    position = pd.Index(ordered["comment_number"]).get_indexer(
        ordered["parent_comment_number"]
    )
    has_parent = ordered["parent_comment_number"].notna().to_numpy()
    if (has_parent & ((position < 0) | (cascade != cascade[position]))).any():
        msg = "a reply's parent is not in the same cascade"
        raise ValueError(msg)
    numbers, starts, sizes = np.unique(cascade, return_index=True, return_counts=True)
    trees = {}
    for number, start, size in zip(numbers, starts, sizes, strict=True):
        held = slice(start, start + size)
        if size >= min_comments and has_parent[held].any():
            parents = np.where(has_parent[held], position[held] - start, -1)
            trees[int(number)] = in_order(parents)
    return trees


def _sampled(
    trees: dict[int, IntArray], max_comments: int, rng: np.random.Generator
) -> dict[int, IntArray]:
    """Trees in their order, as many at random as have max_comments; one at least."""
    sizes = np.array([len(parent) for parent in trees.values()], dtype=np.int64)
    if sizes.sum() <= max_comments:
        return trees
    order = rng.permutation(len(sizes))
    held = max(1, int((np.cumsum(sizes[order]) <= max_comments).sum()))
    numbers = np.array(list(trees))[np.sort(order[:held])]
    return {int(number): trees[int(number)] for number in numbers}


def _shape_table(numbers: IntArray, values: FloatArray, draws: int) -> pd.DataFrame:
    """Summarise values of shape (cascades, 1 + draws, statistics), observed first."""
    observed, null = values[:, 0], values[:, 1:]
    mean = null.mean(axis=1)
    deviation = null.std(axis=1, ddof=1) if draws > 1 else np.zeros_like(mean)
    low, high = np.quantile(null, [0.025, 0.975], axis=1)
    is_varied = deviation > 1e-12
    z = (observed - mean) / np.where(is_varied, deviation, 1)
    above = (null >= observed[:, None] - 1e-12).sum(axis=1)
    table = typed_frame(
        {
            "cascade_number": np.repeat(numbers, len(SHAPE_STATISTICS)),
            "statistic": np.tile(SHAPE_STATISTICS, len(numbers)),
            "observed": observed.ravel(),
            "null_mean": mean.ravel(),
            "null_sd": deviation.ravel(),
            "null_low": low.ravel(),
            "null_high": high.ravel(),
            "z_score": np.where(is_varied, z, np.nan).ravel(),
            "p_value": permutation_p(above, draws).ravel(),
            "draw_count": draws,
        },
        _SHAPE_COLUMNS,
    )
    return table.sort_values(["cascade_number", "statistic"], ignore_index=True)


def _forest_statistics(parents: IntArray) -> FloatArray:
    """Depth, breadth and structural virality of each row of parents.

    Args:
        parents: shape (draws, n), n at least 1.

    Returns:
        Shape (draws, 3), in the order of SHAPE_STATISTICS.
    """
    draws, size = parents.shape
    offset = np.arange(draws)[:, None] * size
    flat = np.where(parents < 0, -1, parents + offset).ravel()
    depths = node_depths(flat)
    sizes = subtree_sizes(flat, depths).reshape(draws, size).astype(float)
    deepest = depths.reshape(draws, size).max(axis=1)
    width = int(deepest.max()) + 1
    rows = np.repeat(np.arange(draws), size)
    breadth = np.bincount(rows * width + depths, minlength=draws * width)
    nodes = size + 1
    paths = 2 * (sizes * (nodes - sizes)).sum(axis=1)
    return np.column_stack(
        [
            deepest,
            breadth.reshape(draws, width).max(axis=1),
            paths / (nodes * (nodes - 1)),
        ]
    )
