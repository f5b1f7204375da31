"""Who stands at the centre of a network, and how sure that rank is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from refugee_adaptation.communities import ties
from refugee_adaptation.communities.randomised import FEWEST_DRAWS
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import stacked_frame
from refugee_adaptation.shared.inference import bounded_draws

CENTRALITY_COLUMNS = {
    "tie_kind": "string",
    "user_number": "int64",
    "pagerank": "float64",
    "pagerank_rank": "int64",
    "pagerank_rank_low": "int64",
    "pagerank_rank_high": "int64",
    "betweenness": "float64",
    "betweenness_pivot_count": "int64",
    "core_number": "int64",
    "neighbour_count": "int64",
    "in_reach_count": "int64",
    "resample_count": "int64",
}
DAMPING = 0.85
# the rest of the series is below .85 ** 100 = 1e-7 of the score
SERIES_LENGTH = 100
REACH_BLOCK = 1_000
NO_TIE = 1e-9
# digits after the point: users whose places are alike have one score, not two that
# differ by rounding
SCORE_DIGITS = 15


@dataclass(frozen=True)
class Settings:
    """How much work centrality is given.

    Attributes:
        seed: start of every random draw.
        resamples: bootstrap samples of the ties behind a rank interval.
        pivots: start points of betweenness; exact on graphs of at most as many users.
        edge_budget: edges times draws (or pivots); larger graphs get fewer.
    """

    seed: int
    resamples: int = 100
    pivots: int = 100
    edge_budget: int = 20_000_000

    def bounded(self, draws: int, edge_count: int) -> int:
        """Draws that the edge budget allows for a graph of this size."""
        return bounded_draws(draws, edge_count, self.edge_budget, FEWEST_DRAWS)


def _series(step: Callable[[FloatArray], FloatArray], shape: Any) -> FloatArray:
    """PageRank as a power series by Horner's rule, each column on its own.

    What dangling users (those who reply to nobody) lose comes back by the scaling:
    the same scores as when they link to everybody.
    """
    scores = np.ones(shape)
    for _ in range(SERIES_LENGTH):
        scores = 1.0 + DAMPING * step(scores)
    return np.asarray(scores / scores.sum(axis=0))


def pagerank(links: Any) -> FloatArray:
    """PageRank with damping .85, equal to networkx by a test.

    Source: Page, Brin, Motwani and Winograd (1999), The PageRank citation ranking.

    Args:
        links: weight of the link from each row's user to each column's, shape
            (n, n), CSR.

    Returns:
        Scores that sum to 1, shape (n,).
    """
    out = np.asarray(links.sum(axis=1)).ravel()
    share = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    incoming = links.T.tocsr()
    return _series(lambda scores: incoming @ (share * scores), links.shape[0])


def resampled_tag_pageranks(
    incidence: ties.Incidence, draws: int, rng: np.random.Generator
) -> FloatArray:
    """PageRank on bootstrap samples of the tags (see ``randomised.tag_resamples``).

    All samples in one power series, column by column. Their graphs are never built:
    with W the rarities, C a sample's copies of the tags and N one over the length of
    each user's tags, the ties are N W C W' N less its diagonal.

    Args:
        incidence: who used which tag.
        draws: number of samples.
        rng: source of randomness.

    Returns:
        Scores, shape (n, draws).
    """
    by_tag = sparse.csr_matrix(
        (
            incidence.rarity[incidence.tag_index],
            (incidence.user_index, incidence.tag_index),
        ),
        shape=(incidence.users.size, incidence.rarity.size),
    )
    by_user = by_tag.T.tocsr()
    copies = rng.poisson(1.0, (draws, incidence.rarity.size)).T.astype(np.float64)
    squared = by_tag.multiply(by_tag).tocsr() @ copies
    norm = np.divide(
        1.0, np.sqrt(squared), out=np.zeros_like(squared), where=squared > 0
    )
    diagonal = (squared > 0).astype(np.float64)

    def tied(scores: FloatArray) -> FloatArray:
        around = norm * (by_tag @ (copies * (by_user @ (norm * scores))))
        return np.asarray(around - diagonal * scores)

    strength = tied(np.ones_like(norm))
    # below this it is the rounding of a user without a tie
    share = np.divide(
        1.0, strength, out=np.zeros_like(strength), where=strength > NO_TIE
    )
    return _series(lambda scores: tied(share * scores), norm.shape)


def betweenness(adjacency: Any, pivots: IntArray) -> FloatArray:
    """Share of shortest paths through each user, from some start points to all users.

    Brandes' algorithm from all start points at once, a distance at a time, as products
    of sparse matrices: time grows with start points times ties. Equal to networkx by a
    test, also in its scaling: a start point lies on no path of its own.

    Source: Brandes (2001), A faster algorithm for betweenness centrality, and Brandes
    and Pich (2007), Centrality estimation in large networks (pivots).

    Args:
        adjacency: symmetric ties of whatever weight, shape (n, n), CSR.
        pivots: different start points, shape (k,).

    Returns:
        Betweenness, 0 to 1, exact where all users are start points, shape (n,).
    """
    users, starts = adjacency.shape[0], np.arange(pivots.size)
    if users < 3:
        return np.zeros(users)
    steps = sparse.csr_matrix(
        (np.ones(adjacency.nnz), adjacency.indices, adjacency.indptr), adjacency.shape
    )
    paths = np.zeros((pivots.size, users))
    distance = np.full(paths.shape, -1, dtype=np.int32)
    reached = starts, pivots
    paths[reached], distance[reached] = 1.0, 0
    levels = []
    while reached[0].size:
        levels.append(reached)
        following = (_at(reached, paths[reached], paths.shape) @ steps).tocoo()
        new = distance[following.row, following.col] < 0
        reached = following.row[new], following.col[new]
        paths[reached], distance[reached] = following.data[new], len(levels)
    through = np.zeros(paths.shape)
    for level in range(len(levels) - 1, 1, -1):
        reached = levels[level]
        shares = (1.0 + through[reached]) / paths[reached]
        before = (_at(reached, shares, paths.shape) @ steps).tocoo()
        nearer = distance[before.row, before.col] == level - 1
        cells = before.row[nearer], before.col[nearer]
        through[cells] = paths[cells] * before.data[nearer]
    sources = np.full(users, pivots.size)
    sources[pivots] -= 1
    return np.asarray(through.sum(axis=0) / (np.maximum(sources, 1) * (users - 2)))


def _at(
    cells: tuple[IntArray, IntArray], values: FloatArray, shape: tuple[int, int]
) -> Any:
    return sparse.csr_matrix((values, cells), shape=shape)


def ranks(scores: FloatArray) -> IntArray:
    """Rank 1 for the largest score; equal scores (to 10 digits) share the best rank."""
    rounded = np.round(scores / max(float(scores.max(initial=0.0)), 1e-300), 10)
    ordered = np.sort(-rounded)
    return np.searchsorted(ordered, -rounded, side="left").astype(np.int64) + 1


def in_reach(links: Any) -> IntArray:
    """Users from whom each user is reached in one or two links, itself left out.

    Args:
        links: links from rows to columns, shape (n, n), CSR.
    """
    incoming = links.T.tocsr()
    incoming = sparse.csr_matrix(
        (np.ones(incoming.nnz), incoming.indices, incoming.indptr), incoming.shape
    )
    counts = np.zeros(links.shape[0], dtype=np.int64)
    for start in range(0, links.shape[0], REACH_BLOCK):
        rows = incoming[start : start + REACH_BLOCK]
        near = (rows + rows @ incoming).tocoo()
        own = near.row + start == near.col
        counts[start : start + REACH_BLOCK] = np.bincount(
            near.row[~own], minlength=rows.shape[0]
        )
    return counts


def rank_interval(scores: FloatArray, level: float = 0.95) -> tuple[IntArray, IntArray]:
    """Percentile interval of each user's PageRank rank over resampled links.

    Source: Efron and Tibshirani (1993), An introduction to the bootstrap, chapter 13.

    Args:
        scores: PageRank on each resample, shape (n, resamples).
        level: coverage of the interval.

    Returns:
        Lower and upper rank, each of shape (n,); all ranks without a resample.
    """
    users, resamples = scores.shape
    if not resamples:
        return np.ones(users, dtype=np.int64), np.full(users, users)
    drawn = np.vstack([ranks(column) for column in scores.T])
    tail = (1 - level) / 2
    low = np.quantile(drawn, tail, axis=0, method="lower")
    high = np.quantile(drawn, 1 - tail, axis=0, method="higher")
    return low.astype(np.int64), high.astype(np.int64)


def centrality(
    replies: pd.DataFrame,
    edges: pd.DataFrame,
    user_tags: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Centrality of every user of the reply graph and of the shared-hashtag graph.

    PageRank and reach follow the direction of replies (a reply is a link to the user
    replied to); betweenness and k-core take the ties as undirected and unweighted.

    Source: see ``pagerank`` and ``betweenness``; Seidman (1983), Network structure and
    minimum degree (k-core), by scikit-network.

    Args:
        replies: one row per directed tie: ``user_number``,
            ``replied_to_user_number``, ``reply_count``.
        edges: one row per undirected tie: ``tie_kind``, ``low_user_number``,
            ``high_user_number``, ``weight``.
        user_tags: one row per user and kept hashtag: ``user_number``, ``hashtag``,
            ``rarity_score``.
        settings: draws.

    Returns:
        One row per kind of tie and user with a tie.

    Raises:
        ValueError: a tie that no graph can hold (see ``ties.tie_graph``).
    """
    frames = []
    for kind in ties.TIE_KINDS:
        graph = ties.graph_of(edges, kind)
        if graph.edge_count:
            frames.append(_centrality_of(graph, kind, replies, user_tags, settings))
    return stacked_frame(frames, CENTRALITY_COLUMNS)


def _reply_links(replies: pd.DataFrame, users: IntArray) -> Any:
    ordered = replies.sort_values(["user_number", "replied_to_user_number"])
    return sparse.csr_matrix(
        (
            ordered["reply_count"].to_numpy(np.float64),
            (
                np.searchsorted(users, ordered["user_number"].to_numpy(np.int64)),
                np.searchsorted(
                    users, ordered["replied_to_user_number"].to_numpy(np.int64)
                ),
            ),
        ),
        shape=(users.size, users.size),
    )


def _resampled_links(links: Any, draws: int, rng: np.random.Generator) -> Iterator[Any]:
    """Poisson bootstrap of replies: a link of weight w counts Poisson(w) times."""
    for _ in range(draws):
        copies = links.copy()
        copies.data = rng.poisson(links.data).astype(np.float64)
        yield copies


def _centrality_of(
    graph: ties.TieGraph,
    tie_kind: str,
    replies: pd.DataFrame,
    user_tags: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    from sknetwork.topology import get_core_decomposition

    draws = settings.bounded(settings.resamples, graph.edge_count)
    pivots = min(settings.bounded(settings.pivots, graph.edge_count), graph.user_count)
    rng = np.random.default_rng([settings.seed, ties.TIE_KINDS.index(tie_kind)])
    if tie_kind == "reply":
        links = _reply_links(replies, graph.users)
        drawn = [pagerank(sample) for sample in _resampled_links(links, draws, rng)]
        resampled = np.array(drawn).reshape(-1, graph.user_count).T
    else:
        links = graph.adjacency
        incidence = ties.tag_incidence(user_tags)
        resampled = resampled_tag_pageranks(incidence, draws, rng)
    starts = random.Random(settings.seed).sample(range(graph.user_count), pivots)
    scores = pagerank(links)
    rank_low, rank_high = rank_interval(resampled)
    rank = ranks(scores)
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "user_number": graph.users,
            "pagerank": np.round(scores, SCORE_DIGITS),
            "pagerank_rank": rank,
            "pagerank_rank_low": np.minimum(rank, rank_low),
            "pagerank_rank_high": np.maximum(rank, rank_high),
            "betweenness": np.round(
                betweenness(graph.adjacency, np.array(starts)), SCORE_DIGITS
            ),
            "betweenness_pivot_count": pivots,
            "core_number": get_core_decomposition(graph.adjacency).astype(np.int64),
            "neighbour_count": np.diff(graph.adjacency.indptr),
            "in_reach_count": in_reach(links),
            "resample_count": draws,
        }
    )
