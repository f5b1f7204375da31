"""Do the words of a topic keep each other's company, and does the topic come back?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats
from scipy.optimize import linear_sum_assignment

from refugee_adaptation.shared.arrays import FloatArray, IntArray


def coherence(npmi: FloatArray, words: IntArray) -> float:
    """Return the mean NPMI of all pairs of a word list (positions in the matrix)."""
    count = len(words)
    if count < 2:
        return 0.0
    inside = npmi[np.ix_(words, words)]
    return float((inside.sum() - np.trace(inside)) / (count * (count - 1)))


def random_npmi(
    npmi: FloatArray,
    frequency: FloatArray,
    scripts: npt.NDArray[Any],
    neighbours: int = 10,
) -> FloatArray:
    """Return the NPMI that each pair has on average when both words are replaced.

    Each word may be replaced by the words of its script nearest to it in frequency;
    where there are fewer than ``neighbours`` they are repeated, and a word stands for
    itself only where no other has its script. Pairs of one word are left out.

    Args:
        npmi: Shape (v, v), zeros on the diagonal.
        frequency: Shape (v,), posts each word stands in.
        scripts: Shape (v,).
        neighbours: Replacements of each word.

    Returns:
        Shape (v, v); its coherence is that of random lists like the word list.
    """
    size = np.log1p(frequency)
    like = np.empty((len(scripts), neighbours), dtype=np.int64)
    for word in range(len(scripts)):
        others = np.flatnonzero(scripts == scripts[word])
        others = others[others != word] if len(others) > 1 else others
        nearest = others[np.argsort(np.abs(size[others] - size[word]), kind="stable")]
        like[word] = np.resize(nearest[:neighbours], neighbours)
    rows = np.repeat(np.arange(len(scripts)), neighbours)
    replaced = sparse.csr_matrix(
        (np.ones(like.size), (rows, like.ravel())), shape=npmi.shape
    )
    pairs = neighbours**2 - (replaced @ replaced.T).toarray()
    total = (replaced @ (replaced @ npmi).T).T
    return np.asarray(total / np.maximum(pairs, 1))


def split_interval(values: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of a mean over random halves.

    The halves share posts, so the plain standard error is far too small; Nadeau and
    Bengio (2003) add the share of test to training posts, here 1, to 1 / draws.

    Args:
        values: One figure per split.

    Returns:
        Lower and upper bound; not a number for fewer than two splits.
    """
    draws = len(values)
    if draws < 2:
        return float("nan"), float("nan")
    error = float(np.std(values, ddof=1)) * np.sqrt(1 / draws + 1)
    half = float(stats.t.ppf(0.975, draws - 1)) * error
    mean = float(np.mean(values))
    return mean - half, mean + half


def match_lists(
    reference: Sequence[Iterable[Any]], other: Sequence[Iterable[Any]]
) -> tuple[IntArray, FloatArray]:
    """Pair the word lists of two sets of topics so that they share most.

    Args:
        reference: Word lists of k topics.
        other: Word lists of other topics.

    Returns:
        For each reference topic the position of its partner (-1 for none) and their
        Jaccard index (0 for none), by the Hungarian algorithm (Kuhn 1955).
    """
    jaccard = np.zeros((len(reference), len(other)))
    for row, mine in enumerate(map(set, reference)):
        for column, theirs in enumerate(map(set, other)):
            jaccard[row, column] = len(mine & theirs) / max(len(mine | theirs), 1)
    partner = np.full(len(reference), -1, dtype=np.int64)
    score = np.zeros(len(reference))
    rows, columns = linear_sum_assignment(-jaccard)
    partner[rows] = columns
    score[rows] = jaccard[rows, columns]
    return partner, score
