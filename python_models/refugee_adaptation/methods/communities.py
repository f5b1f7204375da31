"""Communities of users: Louvain over seeds, consensus, stability and null models.

python-louvain is the reference implementation and serves graphs up to a size;
scikit-network's Louvain does the many runs on null graphs and resamples. An observed
value and the null it is judged by always come from the same engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from refugee_adaptation.methods import ties

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

TIE_KINDS = ("reply", "shared_hashtag")
REFERENCE_ENGINE = "python-louvain"
FAST_ENGINE = "scikit-network"

# scikit-network works in single precision: a pass that gains much less is noise, and
# the search might never end
TOLERANCE = 1e-3
# two users belong together when most runs say so
CONSENSUS_SHARE = 0.5
CONSENSUS_ROUNDS = 10

MEMBERSHIP_COLUMNS = {
    "tie_kind": "string",
    "user_number": "int64",
    "engine": "string",
    "community_number": "int64",
    "seed_stability": "float64",
    "resample_stability": "float64",
    "tied_share": "float64",
    "resample_count": "int64",
    "louvain_runs": "object",
    "leiden_runs": "object",
}
RUN_COLUMNS = {
    "tie_kind": "string",
    "method": "string",
    "run_number": "int64",
    "engine": "string",
    "modularity": "float64",
    "community_count": "int64",
    "consensus_ari": "float64",
    "run_ari": "float64",
}
NULL_COLUMNS = {
    "tie_kind": "string",
    "null_model": "string",
    "engine": "string",
    "statistic": "string",
    "observed": "float64",
    "run_count": "int64",
    "null_mean": "float64",
    "null_sd": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "draw_count": "int64",
    "is_deciding": "bool",
}


@dataclass(frozen=True)
class Settings:
    """How much work the communities are given.

    Attributes:
        seed: start of every random draw.
        runs: Louvain (and Leiden) runs, each from another seed.
        null_draws: graphs drawn from the null model that decides.
        side_null_draws: graphs drawn from the one given beside it.
        resamples: bootstrap samples of the ties.
        reference_edges: python-louvain serves graphs up to this many edges.
        edge_budget: edges times draws, per null model; larger graphs get fewer draws,
            never below 20.
    """

    seed: int
    runs: int = 10
    null_draws: int = 200
    side_null_draws: int = 50
    resamples: int = 100
    reference_edges: int = 20_000
    edge_budget: int = 20_000_000

    def bounded(self, draws: int, edge_count: int) -> int:
        """Draws that the edge budget allows for a graph of this size."""
        return ties.bounded_draws(draws, edge_count, self.edge_budget)

    def generator(self, tie_kind: str, purpose: int) -> np.random.Generator:
        """Random numbers of one purpose, whatever else was drawn before."""
        return np.random.default_rng([self.seed, TIE_KINDS.index(tie_kind), purpose])


@dataclass(frozen=True)
class NullTest:
    """An observed statistic against draws from a null model.

    Attributes:
        observed: the statistic on the real graph.
        mean: mean over the draws; NaN without draws.
        sd: standard deviation over the draws; NaN below two draws.
        z: (observed - mean) / sd; NaN where the draws do not vary.
        p_value: one-sided, (1 + draws at least as large) / (1 + draws).
        draws: number of draws.
    """

    observed: float
    mean: float
    sd: float
    z: float
    p_value: float
    draws: int


def null_test(observed: float, draws: Iterable[float]) -> NullTest:
    """Judge an observed statistic by draws from a null model.

    Source: Phipson and Smyth (2010), Permutation p-values should never be zero.
    """
    values = np.fromiter(draws, dtype=np.float64)
    if values.size < 2:
        return NullTest(observed, np.nan, np.nan, np.nan, np.nan, values.size)
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    return NullTest(
        observed=observed,
        mean=mean,
        sd=sd,
        z=(observed - mean) / sd if sd > 1e-12 else np.nan,
        p_value=float((1 + (values >= observed).sum()) / (1 + values.size)),
        draws=values.size,
    )


def modularity(adjacency: Any, labels: IntArray) -> float:
    """Weighted modularity of a partition, at resolution 1; 0 without an edge.

    Source: Newman (2004), Analysis of weighted networks.

    Args:
        adjacency: symmetric weights, shape (n, n), CSR.
        labels: community of each user, shape (n,).
    """
    if adjacency.nnz == 0:
        return 0.0
    from sknetwork.clustering import get_modularity

    return float(get_modularity(adjacency, labels))


def louvain(graph: ties.TieGraph, seed: int, engine: str = FAST_ENGINE) -> IntArray:
    """One Louvain run at resolution 1.

    Source: Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of
    communities in large networks.

    Args:
        graph: undirected graph.
        seed: order in which users are visited.
        engine: ``python-louvain`` or ``scikit-network``.

    Returns:
        Community of each user, from 0, shape (n,).

    Raises:
        ValueError: another engine.
    """
    if engine not in (REFERENCE_ENGINE, FAST_ENGINE):
        raise ValueError(f"unknown Louvain engine {engine!r}")
    if graph.edge_count == 0:
        return np.arange(graph.user_count)
    if engine == REFERENCE_ENGINE:
        import community
        import networkx as nx

        network = nx.Graph()
        network.add_nodes_from(range(graph.user_count))
        low, high, weight = ties.edge_list(graph)
        network.add_weighted_edges_from(
            zip(low.tolist(), high.tolist(), weight.tolist(), strict=True)
        )
        partition = community.best_partition(network, random_state=seed)
        return np.array([partition[node] for node in range(graph.user_count)])
    from sknetwork.clustering import Louvain

    return np.asarray(
        Louvain(
            shuffle_nodes=True,
            random_state=seed,
            tol_optimization=TOLERANCE,
            tol_aggregation=TOLERANCE,
            return_probs=False,
            return_aggregate=False,
        ).fit_predict(graph.adjacency),
        dtype=np.int64,
    )


def refine(
    labels: IntArray, adjacency: Any, weight: FloatArray, rng: np.random.Generator
) -> IntArray:
    """Refinement phase of Leiden: split communities into well-joined parts.

    Every user starts alone; users are visited once, in random order, and one who is
    still alone joins a part of its own community, drawn among those that raise
    modularity.

    scikit-network's own refinement repeats until nothing moves, draws from the C
    library's generator and, in single precision, need not end (it did not on a random
    graph of 181 users), so this one stands in its place.

    Source: Traag, Waltman and van Eck (2019), From Louvain to Leiden, algorithm A.2.

    Args:
        labels: community of each node, shape (n,).
        adjacency: symmetric weights that sum to 1, shape (n, n), CSR.
        weight: weighted degree of each node, summing to 1, shape (n,).
        rng: source of randomness.

    Returns:
        Part of each node, shape (n,).
    """
    parts = np.arange(labels.size)
    part_weight = weight.astype(np.float64)
    part_size = np.ones(labels.size, dtype=np.int64)
    start, neighbours, values = adjacency.indptr, adjacency.indices, adjacency.data
    for node in rng.permutation(labels.size):
        if part_size[parts[node]] > 1:
            continue
        around = neighbours[start[node] : start[node + 1]]
        inside = (labels[around] == labels[node]) & (around != node)
        if not inside.any():
            continue
        targets, place = np.unique(parts[around[inside]], return_inverse=True)
        joined = np.bincount(
            place, weights=values[start[node] : start[node + 1]][inside]
        )
        gain = joined - weight[node] * part_weight[targets]
        better = targets[gain > 1e-12]
        if not better.size:
            continue
        target = better[rng.integers(better.size)]
        part_size[parts[node]] -= 1
        part_weight[parts[node]] -= weight[node]
        parts[node] = target
        part_size[target] += 1
        part_weight[target] += weight[node]
    return parts


def leiden(graph: ties.TieGraph, seed: int) -> IntArray:
    """One Leiden run at resolution 1, by scikit-network with our refinement.

    Source: Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing
    well-connected communities.

    Returns:
        Community of each user, from 0, shape (n,).
    """
    if graph.edge_count == 0:
        return np.arange(graph.user_count)
    from sknetwork.clustering import Leiden

    rng = np.random.default_rng(seed)

    class RefinedLeiden(Leiden):  # type: ignore[misc]  # the library has no types
        def _optimize_refine(
            self,
            labels: IntArray,
            labels_refined: IntArray,
            adjacency: Any,
            out_weights: FloatArray,
            in_weights: FloatArray,
        ) -> IntArray:
            del labels_refined, in_weights  # undirected: every node starts alone
            return refine(labels, adjacency, out_weights, rng)

    return np.asarray(
        RefinedLeiden(
            shuffle_nodes=True,
            random_state=seed,
            tol_optimization=TOLERANCE,
            tol_aggregation=TOLERANCE,
            return_probs=False,
            return_aggregate=False,
        ).fit_predict(graph.adjacency),
        dtype=np.int64,
    )


def consensus(
    graph: ties.TieGraph, runs: Sequence[IntArray], seed: int, engine: str = FAST_ENGINE
) -> IntArray:
    """Consensus of several runs.

    Each tie is weighted by the share of runs that put both its ends in one community;
    ties below one half are dropped (a user keeps at least its strongest); Louvain
    runs again on these weights until all runs agree.

    Source: Lancichinetti and Fortunato (2012), Consensus clustering in complex
    networks; restricted to the graph's own ties as in Tandon et al. (2019), Fast
    consensus clustering in complex networks.

    Args:
        graph: undirected graph.
        runs: partitions, each of shape (n,).
        seed: first seed of the runs on consensus weights.
        engine: engine of these runs.

    Returns:
        Community of each user, from 0 in no particular order, shape (n,).
    """
    low, high, _ = ties.edge_list(graph)
    for _ in range(CONSENSUS_ROUNDS):
        together = np.mean([run[low] == run[high] for run in runs], axis=0)
        if np.isin(together, (0.0, 1.0)).all():
            break
        strongest = np.zeros(graph.user_count)
        np.maximum.at(strongest, low, together)
        np.maximum.at(strongest, high, together)
        only = (together == strongest[low]) | (together == strongest[high])
        kept = (together > 0) & ((together >= CONSENSUS_SHARE) | only)
        agreed = ties.TieGraph(
            graph.users,
            ties.symmetric(low[kept], high[kept], together[kept], graph.user_count),
        )
        runs = [louvain(agreed, seed + i, engine) for i in range(len(runs))]
    return max(runs, key=lambda run: modularity(graph.adjacency, run))


def by_size(labels: IntArray) -> IntArray:
    """Renumber communities from 1: the largest first, then the smallest user number.

    Args:
        labels: community of each user, users in ascending order, shape (n,).
    """
    _, first, dense, size = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(size.size, dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(1, size.size + 1)
    return rank[dense]


def match_partitions(reference: IntArray, other: IntArray) -> dict[int, int]:
    """Match communities of two partitions of the same users, most users in common.

    One to one, by optimal assignment (Hungarian method) within each connected part of
    the table of common users.

    Source: Kuhn (1955), The Hungarian method for the assignment problem; scipy's
    linear_sum_assignment.

    Args:
        reference: community of each user, shape (n,).
        other: community of each user in the other partition, shape (n,).

    Returns:
        From a community of ``other`` to its match in ``reference``; those without a
        match are left out.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse.csgraph import connected_components

    if not reference.size:
        return {}
    names, row = np.unique(reference, return_inverse=True)
    other_names, column = np.unique(other, return_inverse=True)
    table = sparse.coo_matrix(
        (np.ones(row.size), (row, column)), shape=(names.size, other_names.size)
    ).tocsr()
    part = connected_components(sparse.bmat([[None, table], [table.T, None]]))[1]
    row_parts, column_parts = part[: names.size], part[names.size :]
    matched: dict[int, int] = {}
    rows_by_part = np.argsort(row_parts, kind="stable")
    columns_by_part = np.argsort(column_parts, kind="stable")
    row_ends = np.searchsorted(row_parts[rows_by_part], np.arange(part.max() + 2))
    column_ends = np.searchsorted(
        column_parts[columns_by_part], np.arange(part.max() + 2)
    )
    for number in range(part.max() + 1):
        rows = rows_by_part[row_ends[number] : row_ends[number + 1]]
        columns = columns_by_part[column_ends[number] : column_ends[number + 1]]
        common = table[rows][:, columns].toarray()
        for i, j in zip(*linear_sum_assignment(common, maximize=True), strict=True):
            if common[i, j] > 0:
                matched[int(other_names[columns[j]])] = int(names[rows[i]])
    return matched


def stays(reference: IntArray, other: IntArray) -> NDArray[np.bool_]:
    """Which users of a partition are in the matched community of another one."""
    matched = match_partitions(reference, other)
    names, place = np.unique(other, return_inverse=True)
    target = np.array([matched.get(int(name), -1) for name in names], dtype=np.int64)
    return np.asarray(target[place] == reference)


def graph_of(edges: pd.DataFrame, tie_kind: str) -> ties.TieGraph:
    """Graph of one kind of tie out of a table of all undirected ties."""
    return ties.tie_graph(edges[edges["tie_kind"] == tie_kind])


def tie_resamples(
    graph: ties.TieGraph,
    tie_kind: str,
    user_tags: pd.DataFrame,
    draws: int,
    rng: np.random.Generator,
) -> Iterable[ties.TieGraph]:
    """Bootstrap samples of a graph: of replies, or of tags for shared hashtags."""
    if tie_kind == "shared_hashtag":
        return ties.tag_resamples(ties.tag_incidence(user_tags), draws, rng)
    return ties.reply_resamples(graph, draws, rng)


def membership_table(frame: pd.DataFrame) -> pa.Table:
    """The memberships as an Arrow table, whose lists keep their type without a row.

    Args:
        frame: what `memberships` returns.

    Returns:
        The same rows and columns; `louvain_runs` and `leiden_runs` are lists of int64.
    """
    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "object": pa.list_(pa.int64()),
    }
    schema = pa.schema(
        [(name, types[kind]) for name, kind in MEMBERSHIP_COLUMNS.items()]
    )
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def memberships(
    edges: pd.DataFrame, user_tags: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Communities of the reply graph and of the shared-hashtag graph.

    Args:
        edges: one row per undirected tie: ``tie_kind``, ``low_user_number``,
            ``high_user_number``, ``weight``.
        user_tags: one row per user and kept hashtag: ``user_number``, ``hashtag``,
            ``rarity_score``.
        settings: seeds and draws.

    Returns:
        One row per kind of tie and user with a tie: the consensus community
        (numbered from 1 by size), the shares of seeds and of tie resamples in which
        the user stays in it (resamples that leave the user without a tie are not
        counted there; ``tied_share`` is the share that leaves one), and the raw
        partitions of every run.

    Raises:
        ValueError: a tie that no graph can hold (see ``ties.tie_graph``).
    """
    frames = [
        _memberships_of(graph_of(edges, kind), kind, user_tags, settings)
        for kind in TIE_KINDS
    ]
    return pd.concat(frames, ignore_index=True).astype(MEMBERSHIP_COLUMNS)


def _memberships_of(
    graph: ties.TieGraph, tie_kind: str, user_tags: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    if graph.edge_count == 0:
        return pd.DataFrame(columns=list(MEMBERSHIP_COLUMNS)).astype(MEMBERSHIP_COLUMNS)
    engine = (
        REFERENCE_ENGINE
        if graph.edge_count <= settings.reference_edges
        else FAST_ENGINE
    )
    seeds = [settings.seed + run for run in range(settings.runs)]
    runs = [louvain(graph, seed, engine) for seed in seeds]
    leiden_runs = [leiden(graph, seed) for seed in seeds]
    agreed = by_size(consensus(graph, runs, settings.seed))
    seed_stability = np.mean([stays(agreed, run) for run in runs], axis=0)

    resamples = settings.bounded(settings.resamples, graph.edge_count)
    tied_count = np.zeros(graph.user_count)
    stay_count = np.zeros(graph.user_count)
    rng = settings.generator(tie_kind, purpose=1)
    for draw, sample in enumerate(
        tie_resamples(graph, tie_kind, user_tags, resamples, rng)
    ):
        tied = np.diff(sample.adjacency.indptr) > 0
        labels = louvain(sample, settings.seed + draw)
        tied_count += tied
        stay_count[tied] += stays(agreed[tied], labels[tied])
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "user_number": graph.users,
            "engine": engine,
            "community_number": agreed,
            "seed_stability": seed_stability,
            "resample_stability": np.divide(
                stay_count,
                tied_count,
                out=np.full(graph.user_count, np.nan),
                where=tied_count > 0,
            ),
            "tied_share": tied_count / max(resamples, 1),
            "resample_count": resamples,
            "louvain_runs": list(np.column_stack(runs)),
            "leiden_runs": list(np.column_stack(leiden_runs)),
        }
    )


def run_summary(members: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Modularity of every run, and how far runs agree.

    Args:
        members: result of ``memberships``.
        edges: as for ``memberships``.

    Returns:
        One row per kind of tie that has a tie, method (``consensus``, ``louvain``,
        ``leiden``) and run: modularity, the adjusted Rand index with the consensus
        and its mean with the other runs of the method.
    """
    rows: list[dict[str, object]] = []
    for kind in TIE_KINDS:
        own = members[members["tie_kind"] == kind].sort_values("user_number")
        if len(own):
            rows += _run_rows(graph_of(edges, kind), kind, own)
    return pd.DataFrame(rows, columns=list(RUN_COLUMNS)).astype(RUN_COLUMNS)


def _run_rows(
    graph: ties.TieGraph, tie_kind: str, members: pd.DataFrame
) -> list[dict[str, object]]:
    from sklearn.metrics import adjusted_rand_score

    agreed = members["community_number"].to_numpy(np.int64)
    engine = str(members["engine"].iloc[0])
    by_method = {
        "consensus": (engine, [agreed]),
        "louvain": (engine, _runs_of(members["louvain_runs"])),
        "leiden": (FAST_ENGINE, _runs_of(members["leiden_runs"])),
    }
    rows: list[dict[str, object]] = []
    for method, (by, runs) in by_method.items():
        among = np.array(
            [[adjusted_rand_score(one, other) for other in runs] for one in runs]
        )
        others = len(runs) - 1
        rows += [
            {
                "tie_kind": tie_kind,
                "method": method,
                "run_number": number + 1,
                "engine": by,
                "modularity": modularity(graph.adjacency, run),
                "community_count": np.unique(run).size,
                "consensus_ari": adjusted_rand_score(agreed, run),
                "run_ari": (among[number].sum() - 1) / others if others else np.nan,
            }
            for number, run in enumerate(runs)
        ]
    return rows


def _runs_of(lists: pd.Series[Any]) -> list[IntArray]:
    return list(np.vstack(lists.tolist()).astype(np.int64).T)


def null_tests(
    edges: pd.DataFrame,
    user_tags: pd.DataFrame,
    replies: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Modularity of each graph against null models.

    Both graphs are projections, of users on posts and of users on hashtags, and a
    projection is modular by itself. The null that decides deals the posts (the
    hashtags) out anew: each user keeps their number, each post (hashtag) its number
    of users, and a post the pattern of its replies. Rewiring the ties is given beside
    it because it is what most papers report.

    Args:
        edges: as for ``memberships``.
        user_tags: as for ``memberships``.
        replies: one row per post, user and user replied to: ``thread_number``,
            ``user_number``, ``replied_to_user_number``, ``reply_count``.
        settings: seeds and draws.

    Returns:
        One row per kind of tie that has a tie, and null model. Where nobody replies
        under two posts there is nothing to shuffle: no draws, and no z score.

    Raises:
        ValueError: replies that are not those of the ties.
    """
    rows: list[dict[str, object]] = []
    for kind in TIE_KINDS:
        graph = graph_of(edges, kind)
        if graph.edge_count:
            rows += _null_rows(graph, kind, user_tags, replies, settings)
    return pd.DataFrame(rows, columns=list(NULL_COLUMNS)).astype(NULL_COLUMNS)


def _null_rows(
    graph: ties.TieGraph,
    tie_kind: str,
    user_tags: pd.DataFrame,
    replies: pd.DataFrame,
    settings: Settings,
) -> list[dict[str, object]]:
    values = [
        modularity(graph.adjacency, louvain(graph, settings.seed + run))
        for run in range(settings.runs)
    ]
    observed = float(np.mean(values))
    draws = settings.bounded(settings.null_draws, graph.edge_count)
    side_draws = settings.bounded(settings.side_null_draws, graph.edge_count)
    rng = settings.generator(tie_kind, purpose=3)

    def judged(graphs: Iterable[ties.TieGraph]) -> NullTest:
        return null_test(
            observed,
            (
                modularity(null.adjacency, louvain(null, settings.seed + draw))
                for draw, null in enumerate(graphs)
            ),
        )

    def row(name: str, test: NullTest, **more: object) -> dict[str, object]:
        return {
            "tie_kind": tie_kind,
            "null_model": name,
            "engine": FAST_ENGINE,
            "statistic": "modularity",
            "observed": test.observed,
            "run_count": settings.runs,
            "null_mean": test.mean,
            "null_sd": test.sd,
            "z_score": test.z,
            "p_value": test.p_value,
            "draw_count": test.draws,
            "is_deciding": False,
            **more,
        }

    rewired = ties.rewired_graphs(
        graph, side_draws, settings.generator(tie_kind, purpose=2)
    )
    rows = [row("degree_preserving", judged(rewired))]
    if tie_kind == "reply":
        threads = ties.reply_threads(replies)
        _check_replies(graph, threads)
        shuffled = ties.thread_shuffles(threads, 0 if threads.are_apart else draws, rng)
        return [*rows, row("post_shuffle", judged(shuffled), is_deciding=True)]
    incidence = ties.tag_incidence(user_tags)
    shuffles = list(ties.tag_shuffles(incidence, draws, rng))
    projections = (ties.shared_tag_graph(incidence, tags) for tags in shuffles)
    pairs = null_test(
        ties.pair_count(incidence, 2, incidence.tag_index),
        (ties.pair_count(incidence, 2, tags) for tags in shuffles),
    )
    return [
        *rows,
        row("tag_shuffle", judged(projections), is_deciding=True),
        row("tag_shuffle_pairs", pairs, statistic="pairs of users", run_count=0),
    ]


def _check_replies(graph: ties.TieGraph, threads: ties.Threads) -> None:
    """Without this an observed value could be judged by another graph's null."""
    again = ties.reply_graph(threads)
    if (
        not np.array_equal(again.users, graph.users)
        or (again.adjacency != graph.adjacency).nnz
    ):
        raise ValueError("the replies are not those of the ties")
