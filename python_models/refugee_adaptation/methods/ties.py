"""Graphs of ties between users, their resamples and their null models.

A graph is an array of user numbers and a sparse symmetric adjacency matrix over
their positions. User numbers do not depend on the pseudonym key, and every function
sorts by them first, so no result depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

# a round offers one trade to every user (one swap to every edge); with five rounds
# between draws the modularity of one draw no longer predicts that of the next
BURN_IN_ROUNDS = 30
ROUNDS_BETWEEN_DRAWS = 5
FEWEST_DRAWS = 20


def bounded_draws(draws: int, edge_count: int, edge_budget: int) -> int:
    """Draws that a budget of edges times draws allows, but never fewer than 20.

    Args:
        draws: draws that are wanted.
        edge_count: edges of the graph.
        edge_budget: edges times draws that are allowed.
    """
    return min(draws, max(edge_budget // max(edge_count, 1), FEWEST_DRAWS))


@dataclass(frozen=True)
class TieGraph:
    """An undirected weighted graph of users.

    Attributes:
        users: user numbers, ascending, shape (n,).
        adjacency: symmetric weights without a diagonal, shape (n, n), CSR.
    """

    users: IntArray
    adjacency: Any

    @property
    def user_count(self) -> int:
        """Number of users."""
        return int(self.users.size)

    @property
    def edge_count(self) -> int:
        """Number of undirected edges."""
        return int(self.adjacency.nnz // 2)


@dataclass(frozen=True)
class Incidence:
    """Which user used which tag, and how rare each tag is.

    Attributes:
        users: user numbers, ascending, shape (n,).
        user_index: position in ``users`` of each use, shape (m,).
        tag_index: position in ``rarity`` of each use, shape (m,).
        rarity: inverse document frequency of each tag, natural logarithm, shape (t,).
    """

    users: IntArray
    user_index: IntArray
    tag_index: IntArray
    rarity: FloatArray


@dataclass(frozen=True)
class Threads:
    """Who takes part under which post, and who replies to whom there.

    Attributes:
        users: user numbers, ascending, shape (n,).
        user_index: position in ``users`` of each part taken, shape (m,).
        post_index: post of each part taken, from 0, shape (m,).
        sender: part taken by the user who replied, of each reply, shape (r,).
        receiver: part taken by the user replied to, under the same post, shape (r,).
        weight: how often, shape (r,).
    """

    users: IntArray
    user_index: IntArray
    post_index: IntArray
    sender: IntArray
    receiver: IntArray
    weight: FloatArray

    @property
    def are_apart(self) -> bool:
        """Whether nobody takes part under two posts."""
        return int(self.user_index.size) == int(self.users.size)


def symmetric(
    low: IntArray, high: IntArray, weight: FloatArray, user_count: int
) -> Any:
    """Symmetric CSR matrix of undirected edges given once each.

    Args:
        low: position of one end of each edge, shape (m,).
        high: position of the other end, shape (m,).
        weight: weight of each edge, shape (m,).
        user_count: number of rows and columns.
    """
    both = sparse.csr_matrix(
        (
            np.concatenate([weight, weight]),
            (np.concatenate([low, high]), np.concatenate([high, low])),
        ),
        shape=(user_count, user_count),
    )
    both.sum_duplicates()
    both.sort_indices()
    return both


def tie_graph(edges: pd.DataFrame) -> TieGraph:
    """Build the graph of undirected ties.

    Args:
        edges: one row per undirected tie: ``low_user_number``,
            ``high_user_number`` and ``weight``.

    Raises:
        ValueError: a tie of a user with itself, a pair given twice, or a weight that
            is not positive and finite.
    """
    low = edges["low_user_number"].to_numpy(np.int64)
    high = edges["high_user_number"].to_numpy(np.int64)
    weight = edges["weight"].to_numpy(np.float64)
    if (low == high).any():
        raise ValueError("a tie joins a user with itself")
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("the weight of a tie must be positive and finite")
    users = np.unique(np.concatenate([low, high]))
    low, high = np.searchsorted(users, low), np.searchsorted(users, high)
    adjacency = symmetric(low, high, weight, users.size)
    if adjacency.nnz != 2 * low.size:
        raise ValueError("a pair of users is given more than once")
    return TieGraph(users=users, adjacency=adjacency)


def edge_list(graph: TieGraph) -> tuple[IntArray, IntArray, FloatArray]:
    """Every undirected edge once, ordered: positions low < high, and weight."""
    upper = sparse.triu(graph.adjacency, k=1).tocoo()
    order = np.lexsort((upper.col, upper.row))
    return (
        upper.row[order].astype(np.int64),
        upper.col[order].astype(np.int64),
        upper.data[order].astype(np.float64),
    )


def tag_incidence(user_tags: pd.DataFrame) -> Incidence:
    """Build the bipartite graph of users and tags.

    Args:
        user_tags: one row per user and kept hashtag: ``user_number``, ``hashtag``,
            ``rarity_score``.

    Raises:
        ValueError: a user and hashtag given twice.
    """
    tags, tag_index = np.unique(
        user_tags["hashtag"].to_numpy(dtype=str), return_inverse=True
    )
    users, user_index = np.unique(
        user_tags["user_number"].to_numpy(np.int64), return_inverse=True
    )
    order = np.lexsort((tag_index, user_index))
    user_index = user_index[order].astype(np.int64)
    tag_index = tag_index[order].astype(np.int64)
    if np.unique(user_index * max(tags.size, 1) + tag_index).size != tag_index.size:
        raise ValueError("a user and hashtag are given more than once")
    rarity = np.zeros(tags.size)
    rarity[tag_index] = user_tags["rarity_score"].to_numpy(np.float64)[order]
    return Incidence(users, user_index, tag_index, rarity)


def shared_tag_graph(
    incidence: Incidence,
    tag_index: IntArray | None = None,
    tag_copies: FloatArray | None = None,
) -> TieGraph:
    """One-mode projection: users tied by the cosine of their rarity-weighted tags.

    The same arithmetic as the SQL model of shared hashtags, so that an observed
    value and its null draws come from one engine.

    Args:
        incidence: who used which tag.
        tag_index: another tag for each use (a null draw), shape (m,).
        tag_copies: how often each tag counts (a resample), shape (t,).
    """
    tags = incidence.tag_index if tag_index is None else tag_index
    weight = incidence.rarity
    if tag_copies is not None:
        weight = weight * np.sqrt(tag_copies)
    by_tag = sparse.csr_matrix(
        (weight[tags], (incidence.user_index, tags)),
        shape=(incidence.users.size, incidence.rarity.size),
    )
    norm = np.sqrt(np.asarray(by_tag.multiply(by_tag).sum(axis=1)).ravel())
    norm[norm == 0] = 1
    by_tag = sparse.diags(1 / norm).tocsr() @ by_tag
    adjacency = sparse.csr_matrix(by_tag @ by_tag.T)
    adjacency.setdiag(0)
    adjacency.eliminate_zeros()
    adjacency.sort_indices()
    return TieGraph(users=incidence.users, adjacency=adjacency)


def pair_count(incidence: Incidence, shared: int, tag_index: IntArray) -> int:
    """Number of pairs of users who share at least ``shared`` tags."""
    by_tag = sparse.csr_matrix(
        (np.ones(tag_index.size), (incidence.user_index, tag_index)),
        shape=(incidence.users.size, incidence.rarity.size),
    )
    common = sparse.triu(by_tag @ by_tag.T, k=1)
    return int((common.data >= shared).sum())


def trade_tags(
    user_index: IntArray,
    tag_index: IntArray,
    tag_count: int,
    rounds: int,
    rng: np.random.Generator,
) -> IntArray:
    """Shuffle tags over users; tags per user and users per tag stay as they are.

    Global curveball: in each round the users are paired at random, and each pair
    deals out anew, at random, the tags that only one of the two has.

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
        dealt = free[np.lexsort((rng.random(free.size), pair[free]))]
        traded[places] = traded[dealt]
    return traded


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


def reply_threads(replies: pd.DataFrame) -> Threads:
    """Build the bipartite graph of users and posts, and the replies inside each post.

    Args:
        replies: one row per post, user and user replied to: ``thread_number``,
            ``user_number``, ``replied_to_user_number``, ``reply_count``.

    Raises:
        ValueError: a reply of a user to itself.
    """
    post = replies["thread_number"].to_numpy(np.int64)
    ends = replies[["user_number", "replied_to_user_number"]].to_numpy(np.int64)
    if (ends[:, 0] == ends[:, 1]).any():
        raise ValueError("a user replies to itself")
    users, user_of_end = np.unique(ends.T.ravel(), return_inverse=True)
    posts, post_of_end = np.unique(np.tile(post, 2), return_inverse=True)
    parts, part_of_end = np.unique(
        user_of_end * max(posts.size, 1) + post_of_end, return_inverse=True
    )
    sender, receiver = part_of_end[: post.size], part_of_end[post.size :]
    return Threads(
        users=users,
        user_index=(parts // max(posts.size, 1)).astype(np.int64),
        post_index=(parts % max(posts.size, 1)).astype(np.int64),
        sender=sender.astype(np.int64),
        receiver=receiver.astype(np.int64),
        weight=replies["reply_count"].to_numpy(np.float64),
    )


def reply_graph(threads: Threads, user_index: IntArray | None = None) -> TieGraph:
    """Users tied by their replies, either way and under whatever post.

    The same graph as the SQL model of undirected ties, so that an observed value and
    its null draws come from one engine.

    Args:
        threads: who replies to whom, under which post.
        user_index: another user for each part taken (a null draw), shape (m,).
    """
    taker = threads.user_index if user_index is None else user_index
    return TieGraph(
        threads.users,
        symmetric(
            taker[threads.sender],
            taker[threads.receiver],
            threads.weight,
            threads.users.size,
        ),
    )


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
    hash drawn anew in each round; a collision only rejects a swap, symmetrically.

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
        present = np.bincount(slots(low, high), minlength=1 << bits)
        new = slots(a, d), slots(c, b)
        proposed = np.bincount(np.concatenate(new), minlength=1 << bits)
        accepted = (a != d) & (c != b)
        for slot in new:
            accepted &= (present[slot] == 0) & (proposed[slot] == 1)
        for slot in (slots(a, b), slots(c, d)):
            accepted &= proposed[slot] == 0
        high[one[accepted]] = d[accepted]
        low[two[accepted]] = c[accepted]
        high[two[accepted]] = b[accepted]
    return low, high


def rewired_graphs(
    graph: TieGraph, draws: int, rng: np.random.Generator
) -> Iterator[TieGraph]:
    """Graphs under the degree-preserving null: one Markov chain, thinned.

    The weights are dealt out again in the order of the product of the degrees of a
    tie's two ends: the ties between the busiest users keep the weights that ties
    between the busiest users had. Where replies fall at random busy pairs collect
    more of them, and a null without that relation is too modular (z near -5 for
    random replies); one that deals out single replies, on the other hand, takes every
    long conversation of two for structure (z near 90 without any community).
    """
    low, high, weight = edge_list(graph)
    degree = np.diff(graph.adjacency.indptr).astype(np.int64)
    by_degree = weight[np.argsort(degree[low] * degree[high], kind="stable")]
    for draw in range(draws):
        rounds = ROUNDS_BETWEEN_DRAWS + (BURN_IN_ROUNDS if draw == 0 else 0)
        low, high = swap_edges(low, high, graph.user_count, rounds, rng)
        order = np.lexsort((rng.random(low.size), degree[low] * degree[high]))
        dealt = np.empty_like(weight)
        dealt[order] = by_degree
        yield TieGraph(graph.users, symmetric(low, high, dealt, graph.user_count))


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
