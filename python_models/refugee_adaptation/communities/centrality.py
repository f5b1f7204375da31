"""Who stands at the centre of a network, and how sure that rank is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from refugee_adaptation.communities import ties
from refugee_adaptation.communities.randomised import bounded_draws, tag_resamples
from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import stacked_frame

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
        return bounded_draws(draws, edge_count, self.edge_budget)


def pagerank(links: Any) -> FloatArray:
    """PageRank with damping .85, by scikit-network, equal to networkx by a test.

    By Horner's rule on the power series: the library's default solver takes links to
    nowhere (users who reply to nobody) another way and differs by up to .006.

    Source: Page, Brin, Motwani and Winograd (1999), The PageRank citation ranking.

    Args:
        links: weight of the link from each row's user to each column's, shape
            (n, n), CSR.

    Returns:
        Scores that sum to 1, shape (n,).
    """
    from sknetwork.ranking import PageRank

    if links.nnz == 0:
        return np.full(links.shape[0], 1.0 / max(links.shape[0], 1))
    ranker = PageRank(damping_factor=DAMPING, solver="RH", n_iter=SERIES_LENGTH)
    return np.asarray(ranker.fit_predict(links), dtype=np.float64)


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


def rank_interval(
    resamples: Iterable[Any], users: int, level: float = 0.95
) -> tuple[IntArray, IntArray, int]:
    """Percentile interval of each user's PageRank rank over resampled links.

    Source: Efron and Tibshirani (1993), An introduction to the bootstrap, chapter 13.

    Args:
        resamples: link matrices, each of shape (n, n).
        users: n.
        level: coverage of the interval.

    Returns:
        Lower and upper rank, each of shape (n,), and the number of resamples.
    """
    drawn = [ranks(pagerank(links)) for links in resamples]
    if not drawn:
        return np.ones(users, dtype=np.int64), np.full(users, users), 0
    tail = (1 - level) / 2
    table = np.vstack(drawn)
    low = np.quantile(table, tail, axis=0, method="lower")
    high = np.quantile(table, 1 - tail, axis=0, method="higher")
    return low.astype(np.int64), high.astype(np.int64), len(drawn)


def centrality(
    replies: pd.DataFrame,
    edges: pd.DataFrame,
    user_tags: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Centrality of every user of the reply graph and of the shared-hashtag graph.

    PageRank and reach follow the direction of replies (a reply is a link to the user
    replied to); betweenness and k-core take the ties as undirected and unweighted.

    Source: Brandes (2001), A faster algorithm for betweenness centrality, and Brandes
    and Pich (2007), Centrality estimation in large networks (pivots); Seidman (1983),
    Network structure and minimum degree (k-core); networkx.

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


def _centrality_of(
    graph: ties.TieGraph,
    tie_kind: str,
    replies: pd.DataFrame,
    user_tags: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    import networkx as nx

    draws = settings.bounded(settings.resamples, graph.edge_count)
    pivots = min(settings.bounded(settings.pivots, graph.edge_count), graph.user_count)
    rng = np.random.default_rng([settings.seed, ties.TIE_KINDS.index(tie_kind)])
    if tie_kind == "reply":
        links = _reply_links(replies, graph.users)

        def resamples() -> Iterable[Any]:
            for _ in range(draws):
                copies = links.copy()
                copies.data = rng.poisson(links.data).astype(np.float64)
                copies.eliminate_zeros()
                yield copies
    else:
        links = graph.adjacency

        def resamples() -> Iterable[Any]:
            incidence = ties.tag_incidence(user_tags)
            for sample in tag_resamples(incidence, draws, rng):
                yield sample.adjacency

    network = nx.Graph()
    network.add_nodes_from(range(graph.user_count))
    low, high, _ = ties.edge_list(graph)
    network.add_edges_from(zip(low.tolist(), high.tolist(), strict=True))
    between = nx.betweenness_centrality(
        network,
        k=None if pivots == graph.user_count else pivots,
        seed=settings.seed,
    )
    core = nx.core_number(network)
    scores = pagerank(links)
    rank_low, rank_high, drawn = rank_interval(resamples(), graph.user_count)
    rank = ranks(scores)
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "user_number": graph.users,
            "pagerank": scores,
            "pagerank_rank": rank,
            "pagerank_rank_low": np.minimum(rank, rank_low),
            "pagerank_rank_high": np.maximum(rank, rank_high),
            "betweenness": [between[node] for node in range(graph.user_count)],
            "betweenness_pivot_count": pivots,
            "core_number": [core[node] for node in range(graph.user_count)],
            "neighbour_count": np.diff(graph.adjacency.indptr),
            "in_reach_count": in_reach(links),
            "resample_count": drawn,
        }
    )
