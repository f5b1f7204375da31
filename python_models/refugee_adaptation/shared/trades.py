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
    blocks: IntArray | None = None,
) -> IntArray:
    """Shuffle tags over users; tags per user and users per tag stay as they are.

    Args:
        user_index: user of each use, shape (m,).
        tag_index: tag of each use, shape (m,).
        tag_count: number of tags.
        rounds: rounds of trades (trade_once).
        rng: source of randomness.
        blocks: block of each user, shape (n,); users trade inside theirs. By default
            all are in one.

    Returns:
        The new tag of each use, shape (m,).
    """
    if blocks is None:
        blocks = np.zeros(int(user_index.max(initial=-1)) + 1, dtype=np.int64)
    users, tags = user_index, tag_index
    for _ in range(rounds):
        users, tags = trade_once(users, tags, tag_count, blocks, rng)
    traded = tag_index.copy()
    traded[np.argsort(user_index, kind="stable")] = tags[
        np.argsort(users, kind="stable")
    ]
    return traded


def trade_once(
    user_index: IntArray,
    tag_index: IntArray,
    tag_count: int,
    blocks: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Trade tags once between users who are paired at random.

    Global curveball: the tags that only one of the two has are permuted at random
    between them. Every table with the same margins is reached, forwards as likely as
    backwards.

    Source: Carstens, Hamann, Meyer, Penschuck, Tran and Wagner (2018), Parallel and
    I/O-efficient randomisation of massive networks using global curveball trades;
    Strona et al. (2014), A fast and unbiased procedure to randomize ecological
    binary matrices with fixed row and column totals.

    Args:
        user_index: user of each use, shape (m,).
        tag_index: tag of each use, shape (m,).
        tag_count: number of tags.
        blocks: block of each user, shape (n,), not negative.
        rng: source of randomness.

    Returns:
        User and tag of each use, shape (m,) each, in an order of their own.
    """
    seat_of, user_of = _pair_users(blocks, rng)
    # one number a use: pair, tag, side of the pair; sorted, a tag of both is twice
    seat = seat_of[user_index]
    uses = ((seat >> 1) * tag_count + tag_index) * 2 + (seat & 1)
    uses.sort()
    traded = uses >> 1
    is_free = np.ones(len(uses), dtype=bool)
    is_same = traded[1:] == traded[:-1]
    is_free[1:] &= ~is_same
    is_free[:-1] &= ~is_same
    free = np.flatnonzero(is_free)
    order = np.argsort(traded[free] // max(tag_count, 1) + rng.random(len(free)))
    traded[free] = traded[free[order]]
    pair, tags = np.divmod(traded, max(tag_count, 1))
    return user_of[pair * 2 + (uses & 1)], tags


def _pair_users(
    blocks: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Pair the users of each block; the seat of each (2 p or 2 p + 1), and its user."""
    order = np.argsort(blocks + rng.random(len(blocks)))
    first = np.searchsorted(blocks[order], blocks[order])
    # twice its first place: a block starts on an even seat, so that no pair spans two
    seats = np.arange(len(blocks)) + first
    seat_of = np.empty(len(blocks), dtype=np.int64)
    seat_of[order] = seats
    user_of = np.zeros(int(seats.max(initial=0)) + 1, dtype=np.int64)
    user_of[seats] = order
    return seat_of, user_of
