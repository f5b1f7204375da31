"""Null models against planted networks with and without communities."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import (
    adjusted_mutual_info_score,
    normalized_mutual_info_score,
)

from network_cases import SMALL, judged, pairs, reply_network, threads_of
from refugee_adaptation.communities import (
    detection,
    ties,
)
from refugee_adaptation.communities.nulls import looks, null_test
from refugee_adaptation.planted import networks


def test_replies_that_no_null_can_shuffle_are_an_error() -> None:
    replies = reply_network()
    to_itself = threads_of(pairs((1, 1, 1.0)))
    with pytest.raises(ValueError, match="itself"):
        ties.reply_threads(to_itself)
    with pytest.raises(ValueError, match="not those of the ties"):
        judged(replies.edges, networks.no_tags(), replies.replies.iloc[1:])


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
    nulls = judged(edges, networks.no_tags(), replies)
    by_null = nulls.set_index("null_model")
    assert by_null.loc["degree_preserving", "z_score"] > 3
    assert by_null.loc["post_shuffle", "draw_count"] == 0
    assert np.isnan(by_null.loc["post_shuffle", "z_score"])
    assert by_null["is_deciding"].to_dict() == {
        "degree_preserving": False,
        "post_shuffle": True,
    }


def test_null_test_by_hand() -> None:
    test = null_test(5.0, [1.0, 2.0, 3.0, 6.0])
    assert test.mean == 3.0
    assert test.z == pytest.approx(2 / np.std([1, 2, 3, 6], ddof=1))
    assert test.p_value == pytest.approx(2 / 5)


def test_drawing_stops_when_the_side_of_the_bar_is_clear() -> None:
    stops = looks(200, 3.0, 0.001)
    assert list(stops) == [20, 40, 80, 160]
    rng = np.random.default_rng(1)
    used = {
        z: null_test(z, iter(rng.normal(size=200)), stops).draws for z in (-1, 3, 60)
    }
    assert used == {-1: 20, 3: 200, 60: 20}
    assert looks(20, 3.0, 0.001) == {}
    # the same draws without a stop give the same figures
    draws = rng.normal(size=20)
    assert null_test(60.0, draws, stops) == null_test(60.0, draws)


@pytest.mark.parametrize("z", [2.6, 3.4])
def test_stopping_early_leaves_the_verdict_of_endless_draws(z: float) -> None:
    """Stated: on the wrong side of the bar, by stopping, with at most the risk."""
    risk, repeats = 0.02, 1500
    stops = looks(200, 3.0, risk)
    rng = np.random.default_rng(2)
    tests = [null_test(z, rng.normal(size=200), stops) for _ in range(repeats)]
    stopped = [test for test in tests if test.draws < 200]
    assert len(stopped) > repeats / 10
    wrong = sum((test.z >= 3) != (z >= 3) for test in stopped)
    assert wrong <= risk * repeats


# planted truth


def test_planted_tag_communities_are_established_and_recovered() -> None:
    """Target: z >= 10 and NMI >= .70 at loyalty .9, 1,500 users, 8 communities."""
    net = networks.planted_tags(1500, 8, loyalty=0.9, seed=1)
    settings = dataclasses.replace(SMALL, null_draws=30, resamples=5)
    nulls = judged(net.edges, net.user_tags, net.replies, settings)
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
        nulls = judged(net.edges, net.user_tags, net.replies)
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
    nulls = judged(net.edges, net.user_tags, net.replies)
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
        nulls = judged(edges, networks.no_tags(), replies)
        by_null = nulls.set_index("null_model")["z_score"]
        assert by_null["degree_preserving"] > 3
        scores.append(by_null["post_shuffle"])
    assert np.abs(scores).max() < 3
    assert abs(np.mean(scores)) < 1.5


# crawls of which the busiest users are judged


def test_the_busiest_users_are_chosen_by_how_many_parts_they_have() -> None:
    user_index = np.array([0, 1, 1, 2, 2, 2, 3, 3])
    assert ties.busiest(user_index, 8).all()
    assert user_index[ties.busiest(user_index, 7)].tolist() == [1, 1, 2, 2, 2, 3, 3]
    # of two users with two parts the first one
    assert user_index[ties.busiest(user_index, 5)].tolist() == [1, 1, 2, 2, 2]
    assert user_index[ties.busiest(user_index, 1)].tolist() == [2, 2, 2]


def test_replies_among_some_users_are_those_of_the_table() -> None:
    replies = threads_of(pairs((1, 2, 1.0), (2, 3, 4.0), (3, 4, 1.0)), 7, 8, 8)
    whole = ties.reply_threads(replies)
    kept = np.isin(whole.users[whole.user_index], [2, 3])
    some = ties.threads_of(whole, kept)
    assert some.users.tolist() == [2, 3]
    assert some.user_index.size == 3
    assert ties.reply_graph(some).adjacency.toarray().tolist() == [[0, 4], [4, 0]]


@pytest.mark.parametrize("loyalty", [0.0, 0.9])
@pytest.mark.parametrize("kind", ["reply", "shared_hashtag"])
def test_the_busiest_users_tell_whether_there_are_communities(
    kind: str, loyalty: float
) -> None:
    """Judged by a third of the parts: claimed where they are planted, nowhere else."""
    scores = []
    for seed in range(4):
        net = (
            networks.planted_replies(400, 5, 2400, loyalty=loyalty, seed=seed)
            if kind == "reply"
            else networks.planted_tags(500, 5, loyalty=loyalty, seed=seed)
        )
        ended = ties.reply_threads(net.replies).user_index.size
        parts = ended if kind == "reply" else len(net.user_tags)
        settings = dataclasses.replace(SMALL, null_parts=parts // 3)
        nulls = judged(net.edges, net.user_tags, net.replies, settings)
        deciding = nulls[nulls["is_deciding"]].iloc[0]
        assert deciding["user_count"] < net.truth.size * 2 / 3
        scores.append(deciding["z_score"])
    assert (min(scores) > 3) if loyalty else (np.abs(scores).max() < 3)
