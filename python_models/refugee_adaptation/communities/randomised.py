"""Graphs of ties drawn at random: null models that keep degrees, and resamples.

Every null model is one Markov chain, thinned.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from refugee_adaptation.communities.ties import (
    Incidence,
    Threads,
    TieGraph,
    edge_list,
    reply_graph,
    shared_tag_graph,
    symmetric,
)
from refugee_adaptation.shared.arrays import IntArray
from refugee_adaptation.shared.trades import trade_tags

# a round offers one trade to every user (one swap to every edge); with five rounds
# between draws the modularity of one draw no longer predicts that of the next
BURN_IN_ROUNDS = 30
ROUNDS_BETWEEN_DRAWS = 5
FEWEST_DRAWS = 20


def tag_shuffles(
    incidence: Incidence, draws: int, rng: np.random.Generator
) -> Iterator[IntArray]:
    """Tags of each use under the tag-shuffle null: one Markov chain, thinned."""
    tags = incidence.tag_index
    for draw in range(draws):
        rounds = ROUNDS_BETWEEN_DRAWS + (BURN_IN_ROUNDS if draw == 0 else 0)
        tags = trade_tags(
            incidence.user_index, tags, incidence.rarity.size, rounds, rng
        )
        yield tags


def thread_shuffles(
    threads: Threads, draws: int, rng: np.random.Generator
) -> Iterator[TieGraph]:
    """Reply graphs under the post-shuffle null: one Markov chain, thinned.

    Posts are traded between users as tags are (``trade_tags``): each user keeps the
    number of posts under which it takes part, each post its number of users and the
    pattern of its replies, in which the new users stand at random. A graph of replies
    is a projection of users on posts: a thread is a star or nearly a clique, and any
    audiences, drawn at random, look like communities to a null of rewired ties.
    """
    posts = threads.post_index
    post_count = int(posts.max()) + 1 if posts.size else 0
    by_post = np.lexsort((threads.user_index, posts))
    for draw in range(draws):
        rounds = ROUNDS_BETWEEN_DRAWS + (BURN_IN_ROUNDS if draw == 0 else 0)
        posts = trade_tags(threads.user_index, posts, post_count, rounds, rng)
        drawn = np.lexsort((rng.random(posts.size), posts))
        user_index = np.empty_like(threads.user_index)
        user_index[by_post] = threads.user_index[drawn]
        yield reply_graph(threads, user_index)


def swap_edges(
    low: IntArray,
    high: IntArray,
    user_count: int,
    rounds: int,
    rng: np.random.Generator,
) -> tuple[IntArray, IntArray]:
    """Rewire a simple graph; every user keeps the number of users it is tied to.

    Double-edge swaps, many at a time: in each round the edges are paired at random
    and a-b, c-d become a-d, c-b, unless that gives a loop, an edge that exists, an
    edge that another pair proposes, or takes away an edge that another pair
    proposes. These rules are symmetric in the graph before and after, so the chain
    draws uniformly from the simple graphs of these degrees. Edges are compared by a
    hash drawn again in each round; a collision only rejects a swap, symmetrically.

    Source: Fosdick, Larremore, Nishimura and Ugander (2018), Configuring random graph
    models with fixed degree sequences.

    Args:
        low: position of one end of each edge, shape (m,).
        high: position of the other end, shape (m,).
        user_count: number of users.
        rounds: rounds of swaps.
        rng: source of randomness.

    Returns:
        Both ends of each edge after the swaps.
    """
    low, high = low.copy(), high.copy()
    half = low.size // 2
    bits = max(low.size, 1).bit_length() + 4
    shift = np.uint64(64 - bits)
    for _ in range(rounds if half else 0):
        factor = rng.integers(2**64, dtype=np.uint64) | np.uint64(1)

        def slots(one: IntArray, other: IntArray, by: np.uint64 = factor) -> IntArray:
            key = np.minimum(one, other) * user_count + np.maximum(one, other)
            return ((key.astype(np.uint64) * by) >> shift).astype(np.int64)

        order = rng.permutation(low.size)
        one, two = order[:half], order[half : 2 * half]
        turned = rng.random(half) < 0.5
        a, b = low[one], high[one]
        c = np.where(turned, high[two], low[two])
        d = np.where(turned, low[two], high[two])
        is_present = np.zeros(1 << bits, dtype=bool)
        is_present[slots(low, high)] = True
        is_proposed, is_repeated = np.zeros_like(is_present), np.zeros_like(is_present)
        new = np.concatenate([slots(a, d), slots(c, b)])
        is_proposed[new] = True
        # of edges in one slot only the last is read back
        numbers = np.arange(new.size)
        last = np.empty(1 << bits, dtype=np.int64)
        last[new] = numbers
        is_repeated[new[last[new] != numbers]] = True
        accepted = (a != d) & (c != b)
        for slot in (new[:half], new[half:]):
            accepted &= ~is_present[slot] & ~is_repeated[slot]
        for slot in (slots(a, b), slots(c, d)):
            accepted &= ~is_proposed[slot]
        high[one[accepted]] = d[accepted]
        low[two[accepted]] = c[accepted]
        high[two[accepted]] = b[accepted]
    return low, high


def rewired_graphs(
    graph: TieGraph, draws: int, rng: np.random.Generator
) -> Iterator[TieGraph]:
    """Graphs under the degree-preserving null: one Markov chain, thinned.

    The weights are assigned again in the order of the product of the degrees of a
    tie's two ends: the ties between the busiest users keep the weights that ties
    between the busiest users had. Where replies fall at random busy pairs collect
    more of them, and a null without that relation is too modular (z near -5 for
    random replies); one that permutes single replies, on the other hand, takes every
    long conversation of two for structure (z near 90 without any community).
    """
    low, high, weight = edge_list(graph)
    degree = np.diff(graph.adjacency.indptr).astype(np.int64)
    by_degree = weight[np.argsort(degree[low] * degree[high], kind="stable")]
    for draw in range(draws):
        rounds = ROUNDS_BETWEEN_DRAWS + (BURN_IN_ROUNDS if draw == 0 else 0)
        low, high = swap_edges(low, high, graph.user_count, rounds, rng)
        order = np.lexsort((rng.random(low.size), degree[low] * degree[high]))
        permuted = np.empty_like(weight)
        permuted[order] = by_degree
        yield TieGraph(graph.users, symmetric(low, high, permuted, graph.user_count))


def reply_resamples(
    graph: TieGraph, draws: int, rng: np.random.Generator
) -> Iterator[TieGraph]:
    """Poisson bootstrap of replies: each tie of weight w counts Poisson(w) times."""
    low, high, weight = edge_list(graph)
    for _ in range(draws):
        copies = rng.poisson(weight).astype(np.float64)
        kept = copies > 0
        yield TieGraph(
            graph.users,
            symmetric(low[kept], high[kept], copies[kept], graph.user_count),
        )


def tag_resamples(
    incidence: Incidence, draws: int, rng: np.random.Generator
) -> Iterator[TieGraph]:
    """Poisson bootstrap of tags: all ties that rest on one tag come and go together."""
    for _ in range(draws):
        copies = rng.poisson(1.0, incidence.rarity.size).astype(np.float64)
        yield shared_tag_graph(incidence, tag_copies=copies)
