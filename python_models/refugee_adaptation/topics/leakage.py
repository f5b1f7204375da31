"""How much topic weights tell about how a post was crawled."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.inference import ranked_auc
from refugee_adaptation.topics.fits import DECIMALS

# folds of authors behind the leakage of all weights, and the posts it needs
_FOLDS = 5
_LEAST_POSTS = 10
# added to weights before their logarithm
_SMALLEST_WEIGHT = 1e-3


def leakage_auc(weights: FloatArray, trait: BoolArray) -> float:
    """Return how well the best single topic weight ranks a trait of the posts.

    Args:
        weights: Shape (n, k).
        trait: Shape (n,).

    Returns:
        Largest area under the ROC curve over topics and directions, .5 to 1; not a
        number where the trait is constant.
    """
    if trait.all() or not trait.any():
        return float("nan")
    area = ranked_auc(np.round(weights, DECIMALS), trait)
    return float(np.max(np.maximum(area, 1 - area)))


def joint_auc(
    weights: FloatArray, trait: BoolArray, authors: IntArray, is_curved: bool = False
) -> float:
    """Return how well all topic weights rank a trait of unseen authors' posts.

    By the linear discriminant of the log weights (Fisher 1936), as least squares.

    Args:
        weights: Shape (n, k).
        trait: Shape (n,).
        authors: Shape (n,), numbers; nobody is on both sides of a fold.
        is_curved: Take the products of all pairs of log weights as well: they also
            tell how near a post keeps to the average post, as short posts do.

    Returns:
        Area under the ROC curve of the five folds' predictions, .5 at least: what is
        worse than chance has learnt nothing. .5 as well where fewer than ten posts, or
        five authors, have the trait or lack it; not a number where it is constant.
    """
    if trait.all() or not trait.any():
        return float("nan")
    people = min(len(np.unique(authors[trait])), len(np.unique(authors[~trait])))
    if min(trait.sum(), (~trait).sum()) < _LEAST_POSTS or people < _FOLDS:
        return 0.5
    logs = np.log(weights + _SMALLEST_WEIGHT)
    logs -= logs.mean(axis=0)
    columns = [np.ones(len(trait)), *logs.T]
    if is_curved:
        columns += [a * b for a, b in combinations_with_replacement(logs.T, 2)]
    inputs, fold = np.column_stack(columns), authors % _FOLDS
    score = np.empty(len(trait))
    for other in range(_FOLDS):
        held = fold == other
        known = inputs[~held]
        # the logs of weights that sum to 1 are nearly collinear
        squares = known.T @ known + np.eye(known.shape[1]) * _SMALLEST_WEIGHT
        score[held] = inputs[held] @ np.linalg.solve(squares, known.T @ trait[~held])
    area = ranked_auc(np.round(score, DECIMALS)[:, None], trait)
    return max(float(area[0]), 0.5)
