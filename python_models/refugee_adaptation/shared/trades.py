"""A shuffle of a two-mode table that keeps how often every row and column occurs."""

from __future__ import annotations

import numpy as np

from refugee_adaptation.shared.arrays import IntArray


def trade_tags(
    user_index: IntArray,
    tag_index: IntArray,
    tag_count: int,
    rounds: int,
    rng: np.random.Generator,
) -> IntArray:
    """Shuffle tags over users; tags per user and users per tag stay as they are.

    Global curveball: in each round the users are paired at random, and the tags that
    only one of the two has are permuted at random between them.

    Source: Carstens, Hamann, Meyer, Penschuck, Tran and Wagner (2018), Parallel and
    I/O-efficient randomisation of massive networks using global curveball trades;
    Strona et al. (2014), A fast and unbiased procedure to randomize ecological
    binary matrices with fixed row and column totals.

    Args:
        user_index: user of each use, shape (m,).
        tag_index: tag of each use, shape (m,).
        tag_count: number of tags.
        rounds: rounds of trades.
        rng: source of randomness.

    Returns:
        The new tag of each use, shape (m,).
    """
    user_count = int(user_index.max()) + 1 if user_index.size else 0
    traded = tag_index.copy()
    for _ in range(rounds):
        partner = np.empty(user_count, dtype=np.int64)
        partner[rng.permutation(user_count)] = np.arange(user_count) // 2
        pair = partner[user_index]
        _, inverse, copies = np.unique(
            pair * tag_count + traded, return_inverse=True, return_counts=True
        )
        free = np.flatnonzero(copies[inverse] == 1)
        places = free[np.argsort(pair[free], kind="stable")]
        permuted = free[np.lexsort((rng.random(free.size), pair[free]))]
        traded[places] = traded[permuted]
    return traded
