"""Graphs of ties, and what no graph can hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from network_cases import pairs, reply_network
from refugee_adaptation.communities import (
    ties,
)

# graphs


def test_a_graph_does_not_depend_on_the_order_of_the_rows() -> None:
    replies = reply_network()
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


def test_replies_under_posts_give_the_graph_of_the_ties() -> None:
    replies = reply_network()
    graph = ties.tie_graph(replies.edges)
    again = ties.reply_graph(ties.reply_threads(replies.replies))
    assert np.array_equal(again.users, graph.users)
    assert (again.adjacency != graph.adjacency).nnz == 0
