"""Whether communities are more than the graph's own shape gives: null models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from refugee_adaptation.communities import randomised, ties
from refugee_adaptation.communities.detection import Settings
from refugee_adaptation.communities.partitions import FAST_ENGINE, louvain, modularity
from refugee_adaptation.communities.ties import TIE_KINDS, graph_of
from refugee_adaptation.shared.frames import typed_frame
from refugee_adaptation.shared.inference import permutation_p

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
class NullTest:
    """An observed statistic against draws from a null model.

    Attributes:
        observed: the statistic on the real graph.
        mean: mean over the draws; NaN without draws.
        sd: standard deviation over the draws; NaN below two draws.
        z: (observed - mean) / sd; NaN where the draws do not vary.
        p_value: one-sided (see ``permutation_p``).
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

    Args:
        observed: the statistic on the real graph.
        draws: the statistic on each graph drawn.

    Returns:
        See ``NullTest``.
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
        p_value=permutation_p(int((values >= observed).sum()), values.size),
        draws=values.size,
    )


def null_tests(
    edges: pd.DataFrame,
    user_tags: pd.DataFrame,
    replies: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Modularity of each graph against null models.

    Both graphs are projections, of users on posts and of users on hashtags, and a
    projection is modular by itself. The null that decides permutes the posts
    (the hashtags) over the users: each user keeps their number, each post (hashtag)
    its number of users, and a post the pattern of its replies. Rewiring the ties is
    given beside it because it is what most papers report.

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
    return typed_frame(rows, NULL_COLUMNS)


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

    rewired = randomised.rewired_graphs(
        graph, side_draws, settings.generator(tie_kind, purpose=2)
    )
    rows = [row("degree_preserving", judged(rewired))]
    if tie_kind == "reply":
        threads = ties.reply_threads(replies)
        _check_replies(graph, threads)
        shuffled = randomised.thread_shuffles(
            threads, 0 if threads.are_apart else draws, rng
        )
        return [*rows, row("post_shuffle", judged(shuffled), is_deciding=True)]
    incidence = ties.tag_incidence(user_tags)
    shuffles = list(randomised.tag_shuffles(incidence, draws, rng))
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
