"""Whether communities are more than the graph's own shape gives: null models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from refugee_adaptation.communities import randomised, ties
from refugee_adaptation.communities.detection import Settings
from refugee_adaptation.communities.partitions import louvain, modularity, runs_of
from refugee_adaptation.communities.ties import TIE_KINDS, graph_of
from refugee_adaptation.shared.arrays import IntArray
from refugee_adaptation.shared.frames import typed_frame
from refugee_adaptation.shared.inference import permutation_p

NULL_COLUMNS = {
    "tie_kind": "string",
    "null_model": "string",
    "statistic": "string",
    "observed": "float64",
    "run_count": "int64",
    "null_mean": "float64",
    "null_sd": "float64",
    "z_score": "float64",
    "p_value": "float64",
    "user_count": "int64",
    "draw_count": "int64",
    "is_deciding": "bool",
}
Looks = Mapping[int, tuple[float, float]]
"""After how many draws to look, and the z scores below and above which to stop."""


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


def looks(most: int, z_from: float, risk: float) -> Looks:
    """When enough draws are made to tell on which side of a bar a z score lies.

    Looks come after 20 draws and whenever they have doubled. With m normal draws,
    the square root of m times the z score that they give has a noncentral t
    distribution (m - 1 degrees of freedom, noncentrality root m times the z score
    that endless draws would give). So a look stops on a z score that a true one at
    the bar would give with probability ``risk`` / looks at most: the chance that the
    verdict is another than that of endless draws, for having stopped early, is below
    ``risk`` whatever the true z score.

    Source: Besag and Clifford (1991), Sequential Monte Carlo p-values; Gandy (2009),
    Sequential implementation of Monte Carlo tests with uniformly bounded resampling
    risk (the bound); Johnson and Welch (1940), Applications of the non-central
    t-distribution.

    Args:
        most: draws after which it ends anyhow.
        z_from: the bar.
        risk: chance of another verdict, over all looks.

    Returns:
        From numbers of draws below ``most`` to the bounds of the undecided z scores.
    """
    from scipy.stats import nct

    counts = []
    count = randomised.FEWEST_DRAWS
    while count < most:
        counts.append(count)
        count *= 2
    bounds = {}
    for count in counts:
        root, share = np.sqrt(count), risk / len(counts)
        at_bar = nct(count - 1, root * z_from)
        bounds[count] = float(at_bar.ppf(share) / root), float(at_bar.isf(share) / root)
    return bounds


def null_test(
    observed: float, draws: Iterable[float], stops: Looks = MappingProxyType({})
) -> NullTest:
    """Judge an observed statistic by draws from a null model.

    Args:
        observed: the statistic on the real graph.
        draws: the statistic on each graph drawn; no more are taken than needed.
        stops: see ``looks``; without any, all draws are taken.

    Returns:
        See ``NullTest``.
    """
    values: list[float] = []
    for value in draws:
        values.append(value)
        if len(values) in stops:
            low, high = stops[len(values)]
            z = _z_score(observed, values)
            if z < low or z > high:
                break
    if len(values) < 2:
        return NullTest(observed, np.nan, np.nan, np.nan, np.nan, len(values))
    return NullTest(
        observed=observed,
        mean=float(np.mean(values)),
        sd=float(np.std(values, ddof=1)),
        z=_z_score(observed, values),
        p_value=permutation_p(sum(value >= observed for value in values), len(values)),
        draws=len(values),
    )


def _z_score(observed: float, values: list[float]) -> float:
    sd = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return float((observed - np.mean(values)) / sd) if sd > 1e-12 else np.nan


def null_tests(
    members: pd.DataFrame,
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

    Where users have more posts (hashtags) than ``settings.null_parts``, the busiest
    users are judged, with the replies (shared hashtags) between them
    (see ``ties.busiest``), by as many Louvain runs.

    Args:
        members: result of ``memberships`` on the same ties.
        edges: as for ``memberships``.
        user_tags: as for ``memberships``.
        replies: one row per post, user and user replied to: ``thread_number``,
            ``user_number``, ``replied_to_user_number``, ``reply_count``.
        settings: seeds, draws and when they are enough (see ``looks``).

    Returns:
        One row per kind of tie that has a tie, and null model. Where nobody replies
        under two posts there is nothing to shuffle: no draws, and no z score.

    Raises:
        ValueError: replies that are not those of the ties.
    """
    rows: list[dict[str, object]] = []
    threads, incidence = ties.reply_threads(replies), ties.tag_incidence(user_tags)
    for kind in TIE_KINDS:
        graph = graph_of(edges, kind)
        if graph.edge_count:
            runs = runs_of(members, kind, "louvain_runs")
            rows += _null_rows(graph, kind, runs, incidence, threads, settings)
    return typed_frame(rows, NULL_COLUMNS)


def _null_rows(
    graph: ties.TieGraph,
    tie_kind: str,
    runs: list[IntArray],
    incidence: ties.Incidence,
    threads: ties.Threads,
    settings: Settings,
) -> list[dict[str, object]]:
    if tie_kind == "reply":
        _check_replies(graph, threads)
        kept = ties.busiest(threads.user_index, settings.null_parts)
        if not kept.all():
            threads = ties.threads_of(threads, kept)
            graph = ties.reply_graph(threads)
    else:
        kept = ties.busiest(incidence.user_index, settings.null_parts)
        if not kept.all():
            incidence = ties.incidence_of(incidence, kept)
            graph = ties.shared_tag_graph(incidence)
    if not kept.all():
        runs = [louvain(graph, settings.seed + run) for run in range(len(runs))]
    observed = float(np.mean([modularity(graph.adjacency, run) for run in runs]))
    draws = settings.bounded(settings.null_draws, graph.edge_count)
    stops = looks(draws, settings.z_from, settings.null_risk)
    rng = settings.generator(tie_kind, purpose=3)

    def judged(graphs: Iterable[ties.TieGraph]) -> NullTest:
        values = (
            modularity(null.adjacency, louvain(null, settings.seed + draw))
            for draw, null in enumerate(graphs)
        )
        return null_test(observed, values, stops)

    def row(name: str, test: NullTest, **more: object) -> dict[str, object]:
        return {
            "tie_kind": tie_kind,
            "null_model": name,
            "statistic": "modularity",
            "observed": test.observed,
            "run_count": len(runs),
            "null_mean": test.mean,
            "null_sd": test.sd,
            "z_score": test.z,
            "p_value": test.p_value,
            "user_count": graph.user_count,
            "draw_count": test.draws,
            "is_deciding": False,
            **more,
        }

    rewired = randomised.rewired_graphs(
        graph, draws, settings.generator(tie_kind, purpose=2)
    )
    rows = [row("degree_preserving", judged(rewired))]
    if tie_kind == "reply":
        shuffled = randomised.thread_shuffles(
            threads, 0 if threads.are_apart else draws, rng
        )
        return [*rows, row("post_shuffle", judged(shuffled), is_deciding=True)]
    pairs: list[int] = []

    def projections() -> Iterator[ties.TieGraph]:
        for tags in randomised.tag_shuffles(incidence, draws, rng):
            pairs.append(ties.pair_count(incidence, 2, tags))
            yield ties.shared_tag_graph(incidence, tags)

    deciding = row("tag_shuffle", judged(projections()), is_deciding=True)
    paired = null_test(ties.pair_count(incidence, 2, incidence.tag_index), pairs)
    return [
        *rows,
        deciding,
        row("tag_shuffle_pairs", paired, statistic="pairs of users", run_count=0),
    ]


def _check_replies(graph: ties.TieGraph, threads: ties.Threads) -> None:
    """Without this an observed value could be judged by another graph's null."""
    again = ties.reply_graph(threads)
    if (
        not np.array_equal(again.users, graph.users)
        or (again.adjacency != graph.adjacency).nnz
    ):
        raise ValueError("the replies are not those of the ties")
