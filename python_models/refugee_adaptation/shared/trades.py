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
    # the sort of small integers is linear
    small = np.min_scalar_type(max(user_count - 1, 0) // 2)
    for _ in range(rounds):
        partner = np.empty(user_count, dtype=np.int64)
        partner[rng.permutation(user_count)] = np.arange(user_count) // 2
        pair = partner[user_index]
        key = pair * tag_count + traded
        order = np.argsort(key)
        is_shared = np.diff(key[order]) == 0
        is_free = np.ones(key.size, dtype=bool)
        is_free[order[1:][is_shared]] = is_free[order[:-1][is_shared]] = False
        free = np.flatnonzero(is_free)
        of_pair = pair[free].astype(small)
        drawn = np.argsort(rng.random(free.size))
        places = free[np.argsort(of_pair, kind="stable")]
        permuted = free[drawn[np.argsort(of_pair[drawn], kind="stable")]]
        traded[places] = traded[permuted]
    return traded
