"""Communities: graphs, null models, partitions, stability, on planted networks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from refugee_adaptation.communities import (
    detection,
    partitions,
    randomised,
    ties,
)
from refugee_adaptation.communities.nulls import NULL_COLUMNS, null_test, null_tests
from refugee_adaptation.planted import networks
from refugee_adaptation.shared import trades

SMALL = detection.Settings(
    seed=1, runs=4, null_draws=60, side_null_draws=20, resamples=10
)


def pairs(*edges: tuple[int, int, float], tie_kind: str = "reply") -> pd.DataFrame:
    low, high, weight = (list(column) for column in zip(*edges, strict=True))
    return pd.DataFrame(
        {
            "tie_kind": tie_kind,
            "low_user_number": low,
            "high_user_number": high,
            "weight": weight,
        }
    )


def threads_of(edges: pd.DataFrame, *posts: int) -> pd.DataFrame:
    """Replies behind ties, each under a post of its own unless the posts are given."""
    return pd.DataFrame(
        {
            "thread_number": posts or np.arange(len(edges)),
            "user_number": edges["low_user_number"],
            "replied_to_user_number": edges["high_user_number"],
            "reply_count": edges["weight"],
        }
    )


def cliques(count: int, size: int) -> pd.DataFrame:
    """Cliques in a ring, one tie from each to the next."""
    edges = []
    for clique in range(count):
        members = range(clique * size, (clique + 1) * size)
        edges += [(a, b, 1.0) for a in members for b in members if a < b]
        after = ((clique + 1) % count) * size
        edges.append((min(members[-1], after), max(members[-1], after), 1.0))
    return pairs(*edges)


@pytest.fixture(scope="module")
def tags() -> networks.PlantedNetwork:
    return networks.planted_tags(500, 5, loyalty=0.9, seed=3)


@pytest.fixture(scope="module")
def replies() -> networks.PlantedNetwork:
    return networks.planted_replies(400, 5, 2400, loyalty=0.9, seed=3)


# graphs


def test_a_graph_does_not_depend_on_the_order_of_the_rows(
    replies: networks.PlantedNetwork,
) -> None:
    shuffled = replies.edges.sample(frac=1, random_state=5)
    one, other = ties.tie_graph(replies.edges), ties.tie_graph(shuffled)
    assert np.array_equal(one.users, other.users)
    assert (one.adjacency != other.adjacency).nnz == 0
    assert np.array_equal(one.adjacency.indices, other.adjacency.indices)


@pytest.mark.parametrize(
    ("edges", "complaint"),
    [
        (pairs((1, 1, 1.0)), "itself"),
        (pairs((1, 2, 0.0)), "positive"),
        (pairs((1, 2, np.nan)), "positive"),
        (pairs((1, 2, 1.0), (2, 1, 1.0)), "more than once"),
    ],
)
def test_a_tie_that_no_graph_can_hold_is_an_error(
    edges: pd.DataFrame, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        ties.tie_graph(edges)


def test_a_user_and_hashtag_given_twice_is_an_error() -> None:
    twice = pd.DataFrame(
        {"user_number": [1, 1], "hashtag": ["a", "a"], "rarity_score": [1.0, 1.0]}
    )
    with pytest.raises(ValueError, match="more than once"):
        ties.tag_incidence(twice)


def test_shared_tags_tie_users_by_the_cosine_of_their_rarity() -> None:
    user_tags = pd.DataFrame(
        {
            "user_number": [7, 7, 3, 9, 9],
            "hashtag": ["a", "b", "a", "b", "c"],
            "rarity_score": [1.0, 2.0, 1.0, 2.0, 3.0],
        }
    )
    graph = ties.shared_tag_graph(ties.tag_incidence(user_tags))
    assert graph.users.tolist() == [3, 7, 9]
    expected = np.zeros((3, 3))
    expected[0, 1] = expected[1, 0] = 1 / np.sqrt(5)
    expected[1, 2] = expected[2, 1] = 4 / np.sqrt(5 * 13)
    assert np.allclose(graph.adjacency.toarray(), expected)


# null models


def test_traded_tags_keep_both_degrees_and_never_repeat(
    tags: networks.PlantedNetwork,
) -> None:
    incidence = ties.tag_incidence(tags.user_tags)
    rng = np.random.default_rng(1)
    for traded in randomised.tag_shuffles(incidence, 3, rng):
        assert np.array_equal(np.bincount(traded), np.bincount(incidence.tag_index))
        uses = set(zip(incidence.user_index, traded, strict=True))
        assert len(uses) == traded.size
        assert (traded != incidence.tag_index).mean() > 0.5


def test_traded_tags_are_uniform_over_all_tables_of_these_margins() -> None:
    # three users with one tag each: six equally likely ways to deal three tags
    user_index, tag_index = np.arange(3), np.arange(3)
    rng = np.random.default_rng(2)
    seen: dict[tuple[int, ...], int] = {}
    for _ in range(3000):
        tag_index = trades.trade_tags(user_index, tag_index, 3, 3, rng)
        key = tuple(tag_index.tolist())
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 6
    counts = np.array(list(seen.values()))
    assert ((counts - 500) ** 2 / 500).sum() < 20.5  # chi-square, 5 df, p = .001


def test_rewired_ties_keep_every_degree_and_stay_simple(
    replies: networks.PlantedNetwork,
) -> None:
    graph = ties.tie_graph(replies.edges)
    degree = np.diff(graph.adjacency.indptr)
    for null in randomised.rewired_graphs(graph, 3, np.random.default_rng(1)):
        assert np.array_equal(np.diff(null.adjacency.indptr), degree)
        assert null.adjacency.diagonal().sum() == 0
        assert null.adjacency.sum() == graph.adjacency.sum()
        moved = (null.adjacency > 0) != (graph.adjacency > 0)
        assert moved.nnz > graph.adjacency.nnz / 2


def test_rewired_ties_are_uniform_over_all_graphs_of_these_degrees() -> None:
    # six users with one tie each: fifteen perfect matchings
    low, high = np.array([0, 2, 4]), np.array([1, 3, 5])
    rng = np.random.default_rng(4)
    seen: dict[frozenset[frozenset[int]], int] = {}
    for _ in range(6000):
        low, high = randomised.swap_edges(low, high, 6, 6, rng)
        key = frozenset(
            frozenset(pair) for pair in zip(low.tolist(), high.tolist(), strict=True)
        )
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 15
    counts = np.array(list(seen.values()))
    assert ((counts - 400) ** 2 / 400).sum() < 36.1  # chi-square, 14 df, p = .001


def test_replies_under_posts_give_the_graph_of_the_ties(
    replies: networks.PlantedNetwork,
) -> None:
    graph = ties.tie_graph(replies.edges)
    again = ties.reply_graph(ties.reply_threads(replies.replies))
    assert np.array_equal(again.users, graph.users)
    assert (again.adjacency != graph.adjacency).nnz == 0


def test_shuffled_posts_keep_their_audience_and_the_replies_inside() -> None:
    # three posts: a star of three, a conversation of two, and one of the same two
    posts = [1, 1, 2, 2, 3]
    edges = pairs((1, 2, 1), (1, 3, 4), (4, 5, 2), (5, 4, 3), (4, 5, 7))
    threads = ties.reply_threads(threads_of(edges, *posts))
    assert np.bincount(threads.post_index).tolist() == [3, 2, 2]
    seen = set()
    for null in randomised.thread_shuffles(threads, 60, np.random.default_rng(1)):
        assert null.adjacency.diagonal().sum() == 0
        assert null.adjacency.sum() == 2 * (1 + 4 + 5 + 7)
        # users 4 and 5 are under two posts, so with no more than 2 + 1 others
        neighbours = np.diff(null.adjacency.indptr)
        assert (neighbours[:3] <= 2).all()
        assert (neighbours[3:] >= 1).all()
        low, high, weight = ties.edge_list(null)
        seen.add(tuple(zip(low.tolist(), high.tolist(), weight.tolist(), strict=True)))
        # the weights are those of the replies under a post, or of two posts together
        assert set(weight) <= {1, 4, 5, 7, 12, 8, 6, 9, 11}
    assert len(seen) > 10


def test_replies_that_no_null_can_shuffle_are_an_error(
    replies: networks.PlantedNetwork,
) -> None:
    to_itself = threads_of(pairs((1, 1, 1.0)))
    with pytest.raises(ValueError, match="itself"):
        ties.reply_threads(to_itself)
    with pytest.raises(ValueError, match="not those of the ties"):
        null_tests(replies.edges, networks.no_tags(), replies.replies.iloc[1:], SMALL)


def test_audiences_apart_have_no_z_though_rewired_ties_would_give_one() -> None:
    """Every clique is the audience of one post: nothing tells it from a community."""
    edges = pairs(
        *[
            (5 * post + a, 5 * post + b, 1.0)
            for post in range(8)
            for a in range(5)
            for b in range(a + 1, 5)
        ]
    )
    replies = threads_of(edges, *np.repeat(np.arange(8), 10).tolist())
    nulls = null_tests(edges, networks.no_tags(), replies, SMALL)
    by_null = nulls.set_index("null_model")
    assert by_null.loc["degree_preserving", "z_score"] > 3
    assert by_null.loc["post_shuffle", "draw_count"] == 0
    assert np.isnan(by_null.loc["post_shuffle", "z_score"])
    assert by_null["is_deciding"].to_dict() == {
        "degree_preserving": False,
        "post_shuffle": True,
    }


def test_a_single_tie_cannot_be_rewired_and_a_null_without_spread_has_no_z() -> None:
    graph = ties.tie_graph(pairs((1, 2, 1.0)))
    (null,) = randomised.rewired_graphs(graph, 1, np.random.default_rng(1))
    assert (null.adjacency != graph.adjacency).nnz == 0
    test = null_test(0.5, [0.2, 0.2, 0.2])
    assert np.isnan(test.z)
    assert test.draws == 3
    assert np.isnan(null_test(0.5, []).mean)


def test_null_test_by_hand() -> None:
    test = null_test(5.0, [1.0, 2.0, 3.0, 6.0])
    assert test.mean == 3.0
    assert test.z == pytest.approx(2 / np.std([1, 2, 3, 6], ddof=1))
    assert test.p_value == pytest.approx(2 / 5)


# engines


@pytest.mark.parametrize("kind", ["tags", "replies"])
def test_engines_agree_on_modularity_and_on_the_partition(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """python-louvain is the reference; scikit-network must find as much."""
    import community
    import networkx as nx

    graph = ties.tie_graph(request.getfixturevalue(kind).edges)
    found = {
        engine: [partitions.louvain(graph, seed, engine) for seed in range(5)]
        for engine in (partitions.REFERENCE_ENGINE, partitions.FAST_ENGINE)
    }
    values = {
        engine: np.mean([partitions.modularity(graph.adjacency, run) for run in runs])
        for engine, runs in found.items()
    }
    assert values["python-louvain"] == pytest.approx(
        values["scikit-network"], abs=0.005
    )
    one, other = (runs[0] for runs in found.values())
    assert adjusted_rand_score(one, other) > 0.8
    network = nx.from_scipy_sparse_array(graph.adjacency)
    by_reference = community.modularity(dict(enumerate(one)), network)
    assert partitions.modularity(graph.adjacency, one) == pytest.approx(by_reference)


def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown Louvain engine"):
        partitions.louvain(ties.tie_graph(cliques(3, 4)), 1, "igraph")


def test_louvain_and_leiden_find_cliques() -> None:
    graph = ties.tie_graph(cliques(6, 5))
    truth = np.repeat(np.arange(6), 5)
    for run in (
        partitions.louvain(graph, 1, "python-louvain"),
        partitions.louvain(graph, 1),
        partitions.leiden(graph, 1),
    ):
        assert adjusted_rand_score(truth, run) == 1


def test_leiden_ends_repeats_and_joins_only_connected_users() -> None:
    """On sparse random graphs the library's own refinement need not end."""
    import networkx as nx

    for seed in range(20):
        network = nx.gnp_random_graph(181, 3 / 181, seed=seed)
        edges = pairs(*[(a, b, 1.0) for a, b in network.edges])
        graph = ties.tie_graph(edges)
        run = partitions.leiden(graph, seed)
        assert np.array_equal(run, partitions.leiden(graph, seed))
        value = partitions.modularity(graph.adjacency, run)
        louvain = partitions.louvain(graph, seed)
        reached = partitions.modularity(graph.adjacency, louvain)
        assert value == pytest.approx(reached, abs=0.04)
        for name in np.unique(run):
            inside = graph.users[run == name].tolist()
            assert nx.is_connected(network.subgraph(inside))


# partitions


def test_communities_are_numbered_by_size_then_by_first_user() -> None:
    assert partitions.by_size(np.array([4, 9, 9, 2, 4, 7])).tolist() == [
        1,
        2,
        2,
        3,
        1,
        4,
    ]
    assert partitions.by_size(np.array([], dtype=np.int64)).size == 0


def test_matching_undoes_renaming_and_leaves_out_what_has_no_match() -> None:
    reference = np.array([1, 1, 1, 2, 2, 3])
    renamed = np.array([30, 30, 30, 10, 10, 20])
    assert partitions.match_partitions(reference, renamed) == {30: 1, 10: 2, 20: 3}
    assert partitions.stays(reference, renamed).all()
    split = np.array([5, 5, 6, 7, 7, 8])
    matched = partitions.match_partitions(reference, split)
    assert matched == {5: 1, 7: 2, 8: 3}
    assert partitions.stays(reference, split).tolist() == [1, 1, 0, 1, 1, 1]
    empty = np.array([], dtype=np.int64)
    assert partitions.match_partitions(empty, empty) == {}


def test_matching_is_optimal_not_greedy() -> None:
    # taking the largest overlap first (a-x, 5) would leave b unmatched
    reference = np.array([1] * 9 + [2] * 4)
    other = np.array([1] * 5 + [2] * 4 + [1] * 4)
    assert partitions.match_partitions(reference, other) == {2: 1, 1: 2}


def test_consensus_of_equal_runs_is_that_run_and_of_unequal_ones_no_worse() -> None:
    graph = ties.tie_graph(cliques(6, 5))
    truth = np.repeat(np.arange(6), 5)
    agreed = partitions.consensus(graph, [truth, truth + 3], seed=1)
    assert adjusted_rand_score(truth, agreed) == 1
    torn = truth.copy()
    torn[3] = torn[9] = 5
    agreed = partitions.consensus(graph, [truth, torn, truth], seed=1)
    assert adjusted_rand_score(truth, agreed) == 1


# whole tables


def test_tables_do_not_depend_on_row_order_or_other_networks(
    tags: networks.PlantedNetwork, replies: networks.PlantedNetwork
) -> None:
    both = pd.concat([tags.edges, replies.edges])
    shuffled = both.sample(frac=1, random_state=1)
    user_tags = tags.user_tags.sample(frac=1, random_state=2)
    quick = dataclasses.replace(SMALL, null_draws=5, side_null_draws=5, resamples=5)
    one = detection.memberships(both, tags.user_tags, quick)
    other = detection.memberships(shuffled, user_tags, quick)
    pd.testing.assert_frame_equal(one, other)
    alone = detection.memberships(replies.edges, networks.no_tags(), quick)
    reply = one[one["tie_kind"] == "reply"].reset_index(drop=True)
    pd.testing.assert_frame_equal(reply, alone)
    pd.testing.assert_frame_equal(
        null_tests(both, tags.user_tags, replies.replies, quick),
        null_tests(
            shuffled, user_tags, replies.replies.sample(frac=1, random_state=3), quick
        ),
    )


def test_memberships_hold_their_promises(tags: networks.PlantedNetwork) -> None:
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


def test_large_graphs_get_the_fast_engine_and_fewer_draws(
    replies: networks.PlantedNetwork,
) -> None:
    tight = dataclasses.replace(SMALL, reference_edges=10, edge_budget=1, resamples=50)
    members = detection.memberships(replies.edges, networks.no_tags(), tight)
    assert set(members["engine"]) == {partitions.FAST_ENGINE}
    assert set(members["resample_count"]) == {randomised.FEWEST_DRAWS}
    roomy = dataclasses.replace(tight, edge_budget=10**9)
    assert roomy.bounded(50, 1000) == 50


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
    nulls = null_tests(edges, networks.no_tags(), threads_of(edges), SMALL)
    assert nulls.dtypes.astype(str).to_dict() == NULL_COLUMNS
    assert len(nulls) == (2 if len(edges) else 0)
    assert not (nulls["z_score"] >= 3).any()


# planted truth


def test_planted_tag_communities_are_established_and_recovered() -> None:
    """Target: z >= 10 and NMI >= .70 at loyalty .9, 1,500 users, 8 communities."""
    net = networks.planted_tags(1500, 8, loyalty=0.9, seed=1)
    settings = dataclasses.replace(SMALL, null_draws=30, resamples=5)
    nulls = null_tests(net.edges, net.user_tags, net.replies, settings)
    shuffle = nulls[nulls["is_deciding"]].iloc[0]
    assert shuffle["null_model"] == "tag_shuffle"
    assert shuffle["z_score"] >= 10
    members = detection.memberships(net.edges, net.user_tags, settings)
    truth = net.truth[members["user_number"]]
    found = members["community_number"]
    assert normalized_mutual_info_score(truth, found) >= 0.70


def test_without_tag_communities_rewiring_claims_some_and_shuffling_none() -> None:
    """The reason why the tag shuffle decides."""
    scores = []
    for seed in range(6):
        net = networks.planted_tags(500, 5, loyalty=0.0, seed=seed)
        nulls = null_tests(net.edges, net.user_tags, net.replies, SMALL)
        by_null = nulls.set_index("null_model")["z_score"]
        assert by_null["degree_preserving"] > 10
        scores.append(by_null["tag_shuffle"])
    assert np.abs(scores).max() < 3
    assert abs(np.mean(scores)) < 1.5


def test_planted_reply_communities_are_established_and_recovered() -> None:
    """Target: AMI >= .90, users who keep to the posts of their community."""
    net = networks.planted_replies(1000, 8, 16000, loyalty=0.95, seed=2, posts_each=8)
    members = detection.memberships(net.edges, networks.no_tags(), SMALL)
    truth = net.truth[members["user_number"]]
    assert adjusted_mutual_info_score(truth, members["community_number"]) >= 0.90
    assert members["resample_stability"].mean() > 0.9
    nulls = null_tests(net.edges, net.user_tags, net.replies, SMALL)
    assert nulls.set_index("null_model").loc["post_shuffle", "z_score"] >= 10


@pytest.mark.parametrize("are_conversations", [False, True])
def test_without_reply_communities_rewiring_claims_some_and_shuffling_none(
    are_conversations: bool,
) -> None:
    """Random audiences; replies at random, or long conversations of two."""
    scores = []
    for seed in range(6):
        net = networks.planted_replies(
            400, 5, 1500, loyalty=0.0, seed=seed, posts=40, posts_each=1.2
        )
        replies = net.replies
        if are_conversations:
            length = np.random.default_rng(seed).geometric(0.4, len(replies))
            replies = replies.assign(reply_count=length)
        low, high = (
            function(replies["user_number"], replies["replied_to_user_number"])
            for function in (np.minimum, np.maximum)
        )
        weight = replies.groupby([low, high])["reply_count"].sum()
        edges = pairs(*[(*ends, float(count)) for ends, count in weight.items()])
        nulls = null_tests(edges, networks.no_tags(), replies, SMALL)
        by_null = nulls.set_index("null_model")["z_score"]
        assert by_null["degree_preserving"] > 3
        scores.append(by_null["post_shuffle"])
    assert np.abs(scores).max() < 3
    assert abs(np.mean(scores)) < 1.5
