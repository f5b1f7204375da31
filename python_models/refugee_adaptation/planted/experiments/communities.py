"""Communities of shared hashtags and of replies, planted and absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import community
import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

from refugee_adaptation.communities import detection, nulls, ties
from refugee_adaptation.planted.networks import (
    PlantedNetwork,
    planted_replies,
    planted_tags,
)
from refugee_adaptation.planted.results import (
    FALSE_CLAIMS,
    Plan,
    Result,
    Target,
    at_least,
    at_most,
    mean_of,
    result,
    share_of,
)

NAME = "communities"
METHOD = "Louvain, consensus of seeds"
NAMED_FROM = 3.0
"""z from which a community is named: community_z_from of dbt_project.yml, by a test."""
COMMUNITIES = 8
NULL_DRAWS = 60
TARGET_USERS = 1500
"""The targets of tag communities are for samples of this size."""
REPLY_POSTS = 8
REPLY_LOYALTY = 0.95
"""The target of reply communities is for users who draw so many posts, this share of
them from the own community: one who knows the communities of the posts is right then.
"""
TAGS = "communities, tags drawn from the own community (share)"
REPLIES = "communities, posts drawn from the own community (share)"
Labels = npt.NDArray[np.int64]


@dataclass
class _Scores:
    """What was measured on the samples of one cell."""

    found: list[float] = field(default_factory=list)
    study: list[float] = field(default_factory=list)
    trivial: list[float] = field(default_factory=list)
    oracle: list[float] = field(default_factory=list)
    z: list[float] = field(default_factory=list)
    rewired_z: list[float] = field(default_factory=list)


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module."""
    for users in plan.choose((TARGET_USERS,), (500, TARGET_USERS)):
        for loyalty in plan.choose((0.9,), (0.0, 0.3, 0.9)):
            yield from _tags(plan, users, loyalty)
    for users in plan.choose((1000,), (400, 1000)):
        for loyalty in plan.choose((REPLY_LOYALTY,), (0.6, 0.9, REPLY_LOYALTY)):
            yield from _replies(plan, users, loyalty, REPLY_POSTS)
    if plan.is_full:
        yield from _replies(plan, 1000, 0.9, REPLY_POSTS // 2)
    yield from _no_tag_communities(plan)
    for posts_each in (1.2, 4.0):
        yield from _no_reply_communities(plan, posts_each)


def _settings(plan: Plan, seed: int) -> detection.Settings:
    # resamples enter no row
    return detection.Settings(
        seed=seed, runs=4, null_draws=plan.choose(30, 60), resamples=2
    )


def _measure(
    net: PlantedNetwork, settings: detection.Settings
) -> tuple[Labels, Labels, nulls.NullTest]:
    """Truth and community of each tied user, and the test that decides."""
    members = detection.memberships(net.edges, net.user_tags, settings)
    truth = net.truth[members["user_number"].to_numpy()]
    found = members["community_number"].to_numpy(np.int64)
    return truth, found, deciding(net, members, settings)[0]


def deciding(
    net: PlantedNetwork, members: pd.DataFrame, settings: detection.Settings
) -> tuple[nulls.NullTest, float]:
    """The null test that decides, and the z of rewired edges, the usual null.

    Args:
        net: A network of one kind of tie.
        members: Its communities.
        settings: Draws.

    Returns:
        The test, and the z of the degree-preserving null.
    """
    rows = nulls.null_tests(members, net.edges, net.user_tags, net.replies, settings)
    row = rows[rows["is_deciding"]].iloc[0]
    usual = rows.loc[rows["null_model"] == "degree_preserving", "z_score"].iloc[0]
    test = nulls.NullTest(
        observed=float(row["observed"]),
        mean=float(row["null_mean"]),
        sd=float(row["null_sd"]),
        z=float(row["z_score"]),
        p_value=float(row["p_value"]),
        draws=int(row["draw_count"]),
    )
    return test, float(usual)


def _tags(plan: Plan, users: int, loyalty: float) -> Iterator[Result]:
    scores = _Scores()
    cell = f"communities, tags, loyalty {loyalty}, {users} users"
    for seed in plan.seeds(cell, plan.choose(1, 8)):
        net = planted_tags(users, COMMUNITIES, loyalty, seed)
        truth, found, test = _measure(net, _settings(plan, seed))
        _compare(scores, net, truth, found, normalized_mutual_info_score)
        scores.z.append(test.z)
    is_target = loyalty == 0.9 and users == TARGET_USERS
    yield from _rows(
        scores,
        method=f"{METHOD}; shared hashtags",
        planted=f"{COMMUNITIES} {TAGS}",
        separation=loyalty,
        users=users,
        metric="NMI",
        targets=(
            at_least(0.70) if is_target else None,
            at_least(10) if is_target else None,
        ),
        null=f"tag shuffle, up to {_settings(plan, 0).null_draws} draws",
    )


def _replies(
    plan: Plan, users: int, loyalty: float, posts_each: int
) -> Iterator[Result]:
    scores = _Scores()
    cell = f"communities, replies, loyalty {loyalty}, {posts_each} posts, {users} users"
    for seed in plan.seeds(cell, plan.choose(1, 8)):
        replies = 2 * posts_each * users
        net = planted_replies(
            users, COMMUNITIES, replies, loyalty, seed, posts_each=posts_each
        )
        truth, found, test = _measure(net, _settings(plan, seed))
        _compare(scores, net, truth, found, adjusted_mutual_info_score)
        scores.oracle.append(_by_posts(net))
        scores.z.append(test.z)
    is_target = loyalty == REPLY_LOYALTY and posts_each == REPLY_POSTS
    yield from _rows(
        scores,
        method=f"{METHOD}; replies",
        planted=f"{COMMUNITIES} {REPLIES}, {posts_each} posts each",
        separation=loyalty,
        users=users,
        metric="AMI",
        targets=(at_least(0.90) if is_target else None, None),
        null=f"post shuffle, up to {_settings(plan, 0).null_draws} draws",
    )


def _by_posts(net: PlantedNetwork) -> float:
    """AMI of one who knows the posts' communities: the one most of a user's are of."""
    threads = ties.reply_threads(net.replies)
    numbers = np.unique(net.replies["thread_number"].to_numpy(np.int64))
    posts = np.zeros((threads.users.size, COMMUNITIES), dtype=np.int64)
    owner = net.post_truth[numbers - 1][threads.post_index]
    np.add.at(posts, (threads.user_index, owner), 1)
    likeliest = posts.argmax(axis=1)
    return float(adjusted_mutual_info_score(net.truth[threads.users], likeliest))


def _compare(
    scores: _Scores,
    net: PlantedNetwork,
    truth: Labels,
    found: Labels,
    agreement: Callable[[Labels, Labels], float],
) -> None:
    """Score the consensus, one Louvain run (the study's plan) and the components."""
    graph = ties.tie_graph(net.edges)
    network = nx.from_scipy_sparse_array(graph.adjacency)
    by_user = community.best_partition(network, random_state=0)
    single = np.array([by_user[user] for user in range(graph.user_count)])
    parts = connected_components(graph.adjacency, directed=False)[1]
    scores.found.append(float(agreement(truth, found)))
    scores.study.append(float(agreement(truth, single)))
    scores.trivial.append(float(agreement(truth, parts)))


def _rows(
    scores: _Scores,
    *,
    method: str,
    planted: str,
    separation: float,
    users: int,
    metric: str,
    targets: tuple[Target | None, Target | None],
    null: str,
) -> Iterator[Result]:
    row = partial(
        result,
        experiment=NAME,
        method=method,
        planted=planted,
        separation=separation,
        sample_size=users,
        unit="users",
    )
    yield row(
        mean_of(scores.found, 0, 1),
        metric=metric,
        study_recipe=float(np.mean(scores.study)),
        trivial_baseline=float(np.mean(scores.trivial)),
        oracle=float(np.mean(scores.oracle)) if scores.oracle else np.nan,
        target=targets[0],
    )
    yield row(
        mean_of(scores.z, -np.inf, np.inf),
        metric="z of modularity against the null that decides",
        target=targets[1],
        detail=null,
    )


def _no_tag_communities(plan: Plan) -> Iterator[Result]:
    scores = _Scores()
    users = 500
    for seed in plan.seeds("communities, no tag communities", plan.choose(6, 64)):
        net = planted_tags(users, 5, 0.0, seed)
        settings = _null_settings(seed)
        members = detection.memberships(net.edges, net.user_tags, settings)
        test, usual = deciding(net, members, settings)
        scores.z.append(test.z)
        scores.rewired_z.append(usual)
    yield from _null_rows(
        scores,
        method=f"{METHOD}; shared hashtags",
        planted="no communities, popular tags alone",
        users=users,
        null=f"tag shuffle, up to {NULL_DRAWS} draws",
    )


def _no_reply_communities(plan: Plan, posts_each: float) -> Iterator[Result]:
    scores = _Scores()
    users = 500
    cell = f"communities, no reply communities, {posts_each} posts"
    for seed in plan.seeds(cell, plan.choose(5, 64)):
        net = planted_replies(
            users, 5, 4 * users, 0.0, seed, posts=users // 10, posts_each=posts_each
        )
        settings = _null_settings(seed)
        members = detection.memberships(net.edges, net.user_tags, settings)
        test, usual = deciding(net, members, settings)
        scores.z.append(test.z)
        scores.rewired_z.append(usual)
    yield from _null_rows(
        scores,
        method=f"{METHOD}; replies",
        planted=f"no communities, random audiences, {posts_each:g} posts each",
        users=users,
        null=f"post shuffle, up to {NULL_DRAWS} draws",
    )


def _null_settings(seed: int) -> detection.Settings:
    return detection.Settings(seed=seed, runs=4, null_draws=NULL_DRAWS, resamples=0)


def _null_rows(
    scores: _Scores, *, method: str, planted: str, users: int, null: str
) -> Iterator[Result]:
    z, usual = np.array(scores.z), np.array(scores.rewired_z)
    row = partial(
        result,
        part=FALSE_CLAIMS,
        experiment=NAME,
        method=method,
        planted=planted,
        separation=0.0,
        sample_size=users,
        unit="users",
        detail=null,
    )
    yield row(
        share_of((np.abs(z) < 2).tolist()),
        metric="samples with |z| < 2",
        study_recipe=float((np.abs(usual) < 2).mean()),
        target=at_least(0.95),
    )
    yield row(
        share_of((z >= NAMED_FROM).tolist()),
        metric=f"samples with communities named (z >= {NAMED_FROM:g})",
        study_recipe=float((usual >= NAMED_FROM).mean()),
        trivial_baseline=1.0,
        target=at_most(0),
    )
