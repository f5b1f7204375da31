"""Graphs of ties between users: of replies, and of hashtags they share.

A graph is an array of user numbers and a sparse symmetric adjacency matrix over
their positions. User numbers do not depend on the pseudonym key, and every function
sorts by them first, so no result depends on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray

TIE_KINDS = ("reply", "shared_hashtag")


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
    # transposed, it is itself with sorted rows
    return both.T.tocsr()


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


def graph_of(edges: pd.DataFrame, tie_kind: str) -> TieGraph:
    """Graph of one kind of tie out of a table of all undirected ties."""
    return tie_graph(edges[edges["tie_kind"] == tie_kind])


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
    adjacency = (by_tag @ by_tag.T).T.tocsr()
    adjacency.setdiag(0)
    adjacency.eliminate_zeros()
    return TieGraph(users=incidence.users, adjacency=adjacency)


def pair_count(incidence: Incidence, shared: int, tag_index: IntArray) -> int:
    """Number of pairs of users who share at least ``shared`` tags."""
    by_tag = sparse.csr_matrix(
        (np.ones(tag_index.size), (incidence.user_index, tag_index)),
        shape=(incidence.users.size, incidence.rarity.size),
    )
    common = sparse.triu(by_tag @ by_tag.T, k=1)
    return int((common.data >= shared).sum())


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


def busiest(user_index: IntArray, most: int) -> BoolArray:
    """Which parts belong to the users with the most of them.

    Whether a user is among them depends on nothing but how many parts each user has,
    which the null models keep. So what is left is, given those users, drawn as the
    whole is, and a test on it is a test of the same null model.

    Args:
        user_index: position of the user of each part, shape (m,).
        most: parts that are kept at most; the busiest user's whatever their number.

    Returns:
        Shape (m,). Of users with equally many parts those with lower numbers are kept.
    """
    if user_index.size <= most:
        return np.ones(user_index.size, dtype=np.bool_)
    parts = np.bincount(user_index)
    order = np.argsort(-parts, kind="stable")
    count = max(int(np.searchsorted(np.cumsum(parts[order]), most, side="right")), 1)
    is_kept = np.zeros(parts.size, dtype=np.bool_)
    is_kept[order[:count]] = True
    return is_kept[user_index]


def threads_of(threads: Threads, kept: BoolArray) -> Threads:
    """The replies between some of the users.

    Args:
        threads: who replies to whom, under which post.
        kept: the parts taken by these users, shape (m,).
    """
    between = kept[threads.sender] & kept[threads.receiver]
    place = np.cumsum(kept) - 1
    users, user_index = np.unique(threads.user_index[kept], return_inverse=True)
    return Threads(
        users=threads.users[users],
        user_index=user_index.astype(np.int64),
        post_index=threads.post_index[kept],
        sender=place[threads.sender[between]],
        receiver=place[threads.receiver[between]],
        weight=threads.weight[between],
    )


def incidence_of(incidence: Incidence, kept: BoolArray) -> Incidence:
    """The hashtags of some of the users.

    Args:
        incidence: who used which tag.
        kept: the uses of these users, shape (m,).
    """
    users, user_index = np.unique(incidence.user_index[kept], return_inverse=True)
    return Incidence(
        users=incidence.users[users],
        user_index=user_index.astype(np.int64),
        tag_index=incidence.tag_index[kept],
        rarity=incidence.rarity,
    )
