"""Communities of users: memberships over seeds and resamples, and how runs agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa

from refugee_adaptation.communities import randomised, ties
from refugee_adaptation.communities.partitions import (
    by_size,
    consensus,
    leiden,
    louvain,
    modularity,
    runs_of,
    stays,
)
from refugee_adaptation.communities.ties import TIE_KINDS, graph_of
from refugee_adaptation.shared.frames import empty_frame, stacked_frame, typed_frame
from refugee_adaptation.shared.inference import bounded_draws

MEMBERSHIP_COLUMNS = {
    "tie_kind": "string",
    "user_number": "int64",
    "community_number": "int64",
    "seed_stability": "float64",
    "resample_stability": "float64",
    "tied_share": "float64",
    "resample_count": "int64",
    "louvain_runs": "object",
    "leiden_runs": "object",
}
FEWEST_RUNS = 3
FEWEST_RESAMPLES = 5
RUN_COLUMNS = {
    "tie_kind": "string",
    "method": "string",
    "run_number": "int64",
    "modularity": "float64",
    "community_count": "int64",
    "consensus_ari": "float64",
    "run_ari": "float64",
}


@dataclass(frozen=True)
class Settings:
    """How much work the communities are given.

    Attributes:
        seed: start of every random draw.
        runs: Louvain (and Leiden) runs, each from another seed.
        null_draws: graphs drawn from a null model, at most.
        z_from: z score from which communities are established.
        null_risk: chance of another verdict than that of endless draws that drawing
            fewer graphs may have (see ``nulls.looks``).
        null_parts: posts (hashtags) of users that the null models judge at most.
        resamples: bootstrap samples of the ties.
        edge_budget: edges times draws; larger graphs get fewer draws from a null
            model, never below 20, and fewer resamples, never below 5; from an eighth
            of it on fewer runs, never below 3.
    """

    seed: int
    runs: int = 10
    null_draws: int = 200
    z_from: float = 3.0
    null_risk: float = 0.001
    null_parts: int = 300_000
    resamples: int = 100
    edge_budget: int = 8_000_000

    def bounded(
        self, draws: int, edge_count: int, least: int = randomised.FEWEST_DRAWS
    ) -> int:
        """Draws that the edge budget allows for a graph of this size."""
        return bounded_draws(draws, edge_count, self.edge_budget, least)

    def generator(self, tie_kind: str, purpose: int) -> np.random.Generator:
        """Random numbers of one purpose, whatever else was drawn before."""
        return np.random.default_rng([self.seed, TIE_KINDS.index(tie_kind), purpose])


def tie_resamples(
    graph: ties.TieGraph,
    tie_kind: str,
    user_tags: pd.DataFrame,
    draws: int,
    rng: np.random.Generator,
) -> Iterable[ties.TieGraph]:
    """Bootstrap samples of a graph: of replies, or of tags for shared hashtags."""
    if tie_kind == "shared_hashtag":
        return randomised.tag_resamples(ties.tag_incidence(user_tags), draws, rng)
    return randomised.reply_resamples(graph, draws, rng)


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
    return stacked_frame(frames, MEMBERSHIP_COLUMNS)


def _memberships_of(
    graph: ties.TieGraph, tie_kind: str, user_tags: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    if graph.edge_count == 0:
        return empty_frame(MEMBERSHIP_COLUMNS)
    run_count = bounded_draws(
        settings.runs, graph.edge_count, settings.edge_budget // 8, FEWEST_RUNS
    )
    seeds = [settings.seed + run for run in range(run_count)]
    runs = [louvain(graph, seed) for seed in seeds]
    leiden_runs = [leiden(graph, seed) for seed in seeds]
    agreed = by_size(consensus(graph, runs, settings.seed))
    seed_stability = np.mean([stays(agreed, run) for run in runs], axis=0)

    resamples = settings.bounded(settings.resamples, graph.edge_count, FEWEST_RESAMPLES)
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
    return typed_frame(rows, RUN_COLUMNS)


def _run_rows(
    graph: ties.TieGraph, tie_kind: str, members: pd.DataFrame
) -> list[dict[str, object]]:
    from sklearn.metrics import adjusted_rand_score

    by_method = {
        "consensus": [members["community_number"].to_numpy(np.int64)],
        "louvain": runs_of(members, tie_kind, "louvain_runs"),
        "leiden": runs_of(members, tie_kind, "leiden_runs"),
    }
    agreed = by_method["consensus"][0]
    rows: list[dict[str, object]] = []
    for method, runs in by_method.items():
        among = np.zeros((len(runs), len(runs)))
        for one, other in combinations(range(len(runs)), 2):
            among[one, other] = adjusted_rand_score(runs[one], runs[other])
        among += among.T
        others = len(runs) - 1
        rows += [
            {
                "tie_kind": tie_kind,
                "method": method,
                "run_number": number + 1,
                "modularity": modularity(graph.adjacency, run),
                "community_count": np.unique(run).size,
                "consensus_ari": adjusted_rand_score(agreed, run),
                "run_ari": among[number].sum() / others if others else np.nan,
            }
            for number, run in enumerate(runs)
        ]
    return rows
