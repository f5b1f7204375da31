"""Memberships and runs hold their promises."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from sklearn.metrics import (
    adjusted_rand_score,
)

from network_cases import (
    SMALL,
    judged,
    pairs,
    reply_network,
    tag_network,
    threads_of,
)
from refugee_adaptation.communities import (
    detection,
    partitions,
    ties,
)
from refugee_adaptation.communities.nulls import NULL_COLUMNS
from refugee_adaptation.planted import networks

# whole tables


def test_tables_do_not_depend_on_row_order_or_other_networks() -> None:
    tags = tag_network()
    replies = reply_network()
    both = pd.concat([tags.edges, replies.edges])
    shuffled = both.sample(frac=1, random_state=1)
    user_tags = tags.user_tags.sample(frac=1, random_state=2)
    quick = dataclasses.replace(SMALL, null_draws=5, resamples=5)
    one = detection.memberships(both, tags.user_tags, quick)
    other = detection.memberships(shuffled, user_tags, quick)
    pd.testing.assert_frame_equal(one, other)
    alone = detection.memberships(replies.edges, networks.no_tags(), quick)
    reply = one[one["tie_kind"] == "reply"].reset_index(drop=True)
    pd.testing.assert_frame_equal(reply, alone)
    pd.testing.assert_frame_equal(
        judged(both, tags.user_tags, replies.replies, quick),
        judged(
            shuffled, user_tags, replies.replies.sample(frac=1, random_state=3), quick
        ),
    )


def test_memberships_hold_their_promises() -> None:
    tags = tag_network()
    members = detection.memberships(tags.edges, tags.user_tags, SMALL)
    assert members["user_number"].is_unique
    sizes = members["community_number"].value_counts().sort_index()
    assert sizes.index.tolist() == list(range(1, len(sizes) + 1))
    assert sizes.is_monotonic_decreasing
    for column in ("seed_stability", "resample_stability", "tied_share"):
        assert members[column].dropna().between(0, 1).all()
    assert (members["louvain_runs"].map(len) == SMALL.runs).all()
    runs = detection.run_summary(members, tags.edges)
    graph = ties.tie_graph(tags.edges)
    consensus = runs[runs["method"] == "consensus"].iloc[0]
    assert consensus["modularity"] == partitions.modularity(
        graph.adjacency, members["community_number"].to_numpy()
    )
    assert consensus["consensus_ari"] == 1
    louvain = runs[runs["method"] == "louvain"]
    assert len(louvain) == SMALL.runs
    assert consensus["modularity"] >= louvain["modularity"].mean() - 0.005
    by_hand = adjusted_rand_score(
        members["louvain_runs"].map(lambda runs: runs[0]),
        members["louvain_runs"].map(lambda runs: runs[1]),
    )
    assert louvain["run_ari"].min() <= by_hand <= 1


@pytest.mark.parametrize(
    "edges",
    [
        pairs((1, 2, 1.0)).iloc[:0],
        pairs((1, 2, 1.0)),
        pairs((1, 2, 1.0), (3, 4, 1.0)),
        pairs((1, 2, 3.0), (2, 3, 1.0)),
    ],
    ids=["no tie", "one tie", "two apart", "a chain"],
)
def test_the_smallest_networks_give_tables_without_a_claim(edges: pd.DataFrame) -> None:
    members = detection.memberships(edges, networks.no_tags(), SMALL)
    assert members.dtypes.astype(str).to_dict() == detection.MEMBERSHIP_COLUMNS
    users = pd.unique(edges[["low_user_number", "high_user_number"]].to_numpy().ravel())
    assert len(members) == len(users)
    runs = detection.run_summary(members, edges)
    assert runs.dtypes.astype(str).to_dict() == detection.RUN_COLUMNS
    nulls = judged(edges, networks.no_tags(), threads_of(edges))
    assert nulls.dtypes.astype(str).to_dict() == NULL_COLUMNS
    assert len(nulls) == (2 if len(edges) else 0)
    assert not (nulls["z_score"] >= 3).any()
