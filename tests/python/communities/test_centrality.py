"""Centrality: against networkx and by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from refugee_adaptation.communities import centrality, ties
from refugee_adaptation.communities.randomised import tag_resamples
from refugee_adaptation.planted import networks

SMALL = centrality.Settings(seed=1, resamples=20, pivots=50)


@pytest.fixture(scope="module")
def replies() -> networks.PlantedNetwork:
    net = networks.planted_replies(150, 3, 700, loyalty=0.5, seed=5)
    ends = ["user_number", "replied_to_user_number"]
    directed = net.replies.groupby(ends)["reply_count"].sum().reset_index()
    return dataclasses.replace(net, replies=directed)


@pytest.fixture(scope="module")
def table(replies: networks.PlantedNetwork) -> pd.DataFrame:
    return centrality.centrality(
        replies.replies, replies.edges, networks.no_tags(), SMALL
    )


def directed(replies: pd.DataFrame) -> object:
    import networkx as nx

    network = nx.DiGraph()
    network.add_weighted_edges_from(
        replies[["user_number", "replied_to_user_number", "reply_count"]]
        .astype(int)
        .itertuples(index=False)
    )
    return network


def test_pagerank_is_that_of_networkx(
    replies: networks.PlantedNetwork, table: pd.DataFrame
) -> None:
    import networkx as nx

    expected = nx.pagerank(directed(replies.replies), alpha=0.85, tol=1e-12)
    found = table.set_index("user_number")["pagerank"]
    assert found.sum() == pytest.approx(1)
    for user, score in expected.items():
        assert found[user] == pytest.approx(score, abs=1e-6)


def test_betweenness_is_exact_when_every_user_is_a_pivot(
    replies: networks.PlantedNetwork,
) -> None:
    import networkx as nx

    exact = centrality.centrality(
        replies.replies,
        replies.edges,
        networks.no_tags(),
        centrality.Settings(seed=1, resamples=2, pivots=1000),
    ).set_index("user_number")
    network = nx.Graph(
        replies.edges[["low_user_number", "high_user_number"]]
        .astype(int)
        .to_numpy()
        .tolist()
    )
    expected = nx.betweenness_centrality(network)
    core = nx.core_number(network)
    assert (exact["betweenness_pivot_count"] == len(expected)).all()
    for user, score in expected.items():
        assert exact.loc[user, "betweenness"] == pytest.approx(score)
        assert exact.loc[user, "core_number"] == core[user]
        assert exact.loc[user, "neighbour_count"] == network.degree(user)


@pytest.mark.parametrize("pivots", [1, 30])
def test_betweenness_from_some_pivots_is_that_of_networkx(pivots: int) -> None:
    import random

    import networkx as nx

    # components, leaves and equally short paths
    network = nx.gnp_random_graph(80, 0.03, seed=4)
    starts = random.Random(7).sample(range(80), pivots)
    found = centrality.betweenness(
        nx.to_scipy_sparse_array(network, format="csr"), np.array(starts)
    )
    expected = nx.betweenness_centrality(network, k=pivots, seed=7)
    for user, score in expected.items():
        # of a single start point networkx has no number, and no path runs through it
        assert found[user] == pytest.approx(0 if np.isnan(score) else score)


def test_pageranks_of_resampled_tags_are_those_of_their_graphs() -> None:
    net = networks.planted_tags(200, 3, loyalty=0.5, seed=1)
    incidence = ties.tag_incidence(net.user_tags)
    found = centrality.resampled_tag_pageranks(incidence, 20, np.random.default_rng(3))
    graphs = tag_resamples(incidence, 20, np.random.default_rng(3))
    for column, graph in zip(found.T, graphs, strict=True):
        assert column == pytest.approx(centrality.pagerank(graph.adjacency))


def test_reach_counts_two_links_upstream_and_never_oneself() -> None:
    # 0 -> 1 -> 2 -> 3, and 2 -> 1
    links = sparse.csr_matrix((np.ones(4), ([0, 1, 2, 2], [1, 2, 3, 1])), shape=(4, 4))
    assert centrality.in_reach(links).tolist() == [0, 2, 2, 2]


def test_ranks_share_the_best_place() -> None:
    assert centrality.ranks(np.array([0.2, 0.5, 0.2, 0.1])).tolist() == [2, 1, 2, 4]
    noise = np.array([0.2, 0.2 + 1e-14])
    assert centrality.ranks(noise).tolist() == [1, 1]


def test_a_rank_interval_holds_the_rank_and_narrows_for_the_clear_leader(
    table: pd.DataFrame,
) -> None:
    assert (table["pagerank_rank_low"] <= table["pagerank_rank"]).all()
    assert (table["pagerank_rank_high"] >= table["pagerank_rank"]).all()
    assert (table["resample_count"] == SMALL.resamples).all()
    width = table["pagerank_rank_high"] - table["pagerank_rank_low"]
    leader = table["pagerank_rank"] == 1
    assert width[leader].max() < width.median()


def test_centrality_does_not_depend_on_row_order(
    replies: networks.PlantedNetwork, table: pd.DataFrame
) -> None:
    shuffled = centrality.centrality(
        replies.replies.sample(frac=1, random_state=1),
        replies.edges.sample(frac=1, random_state=2),
        networks.no_tags(),
        SMALL,
    )
    pd.testing.assert_frame_equal(table, shuffled)


def test_shared_hashtags_have_centrality_too() -> None:
    net = networks.planted_tags(200, 3, loyalty=0.5, seed=1)
    table = centrality.centrality(
        networks.no_replies(), net.edges, net.user_tags, SMALL
    )
    assert set(table["tie_kind"]) == {"shared_hashtag"}
    users = net.edges[["low_user_number", "high_user_number"]].to_numpy().ravel()
    assert len(table) == np.unique(users).size
    assert table["pagerank"].sum() == pytest.approx(1)


def test_no_ties_give_an_empty_table() -> None:
    net = networks.planted_tags(3, 1, loyalty=0.0, seed=1)
    table = centrality.centrality(
        networks.no_replies(), net.edges.iloc[:0], networks.no_tags(), SMALL
    )
    assert table.empty
    assert table.dtypes.astype(str).to_dict() == centrality.CENTRALITY_COLUMNS


def test_one_reply_is_enough() -> None:
    edges = pd.DataFrame(
        {
            "tie_kind": ["reply"],
            "low_user_number": [4],
            "high_user_number": [9],
            "weight": [1.0],
        }
    )
    replies = pd.DataFrame(
        {"user_number": [4], "replied_to_user_number": [9], "reply_count": [1]}
    )
    table = centrality.centrality(replies, edges, networks.no_tags(), SMALL)
    ranks = table.set_index("user_number")["pagerank_rank"]
    assert ranks.to_dict() == {4: 2, 9: 1}
    assert ties.TIE_KINDS[0] == "reply"
