"""Layout: placed once, the same every time, tied users near each other."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from refugee_adaptation.communities import layout
from refugee_adaptation.planted import networks


@pytest.fixture(scope="module")
def net() -> networks.PlantedNetwork:
    return networks.planted_replies(600, 5, 2500, loyalty=0.8, seed=1)


@pytest.fixture(scope="module")
def placed(net: networks.PlantedNetwork) -> pd.DataFrame:
    return layout.network_layout(net.edges, user_limit=20_000)


def test_every_user_is_placed_within_the_square(
    net: networks.PlantedNetwork, placed: pd.DataFrame
) -> None:
    users = net.edges[["low_user_number", "high_user_number"]].to_numpy().ravel()
    assert placed["user_number"].tolist() == np.unique(users).tolist()
    assert placed[["x", "y"]].abs().to_numpy().max() == 1
    assert not placed.duplicated(["x", "y"]).any()


def test_tied_users_are_nearer_than_others(
    net: networks.PlantedNetwork, placed: pd.DataFrame
) -> None:
    position = placed.set_index("user_number")[["x", "y"]]
    low = position.loc[net.edges["low_user_number"]].to_numpy()
    high = position.loc[net.edges["high_user_number"]].to_numpy()
    tied = np.median(np.linalg.norm(low - high, axis=1))
    rng = np.random.default_rng(1)
    other = high[rng.permutation(len(high))]
    apart = np.median(np.linalg.norm(low - other, axis=1))
    assert tied < 0.6 * apart


def test_layout_repeats_whatever_the_row_order(
    net: networks.PlantedNetwork, placed: pd.DataFrame
) -> None:
    shuffled = net.edges.sample(frac=1, random_state=1)
    again = layout.network_layout(shuffled, user_limit=20_000)
    pd.testing.assert_frame_equal(placed, again)


def test_components_do_not_overlap() -> None:
    rows = [(10 * part + i, 10 * part + i + 1) for part in range(6) for i in range(5)]
    edges = pd.DataFrame(rows, columns=["low_user_number", "high_user_number"])
    edges["tie_kind"] = "reply"
    edges["weight"] = 1.0
    placed = layout.network_layout(edges, user_limit=100)
    assert sorted(placed["component_number"].unique()) == [1, 2, 3, 4, 5, 6]
    circles = []
    for _, part in placed.groupby("component_number"):
        points = part[["x", "y"]].to_numpy()
        middle = (points.max(axis=0) + points.min(axis=0)) / 2
        radius = np.linalg.norm(points - middle, axis=1).max()
        circles.append((middle, radius))
    for i, (middle, radius) in enumerate(circles):
        for other_middle, other_radius in circles[:i]:
            gap = np.linalg.norm(middle - other_middle)
            assert gap > radius + other_radius


def test_only_the_strongest_users_are_placed_beyond_the_limit(
    net: networks.PlantedNetwork,
) -> None:
    placed = layout.network_layout(net.edges, user_limit=50)
    assert len(placed) == 50
    ends = pd.concat(
        [
            net.edges[["low_user_number", "weight"]].set_axis(
                ["user", "weight"], axis=1
            ),
            net.edges[["high_user_number", "weight"]].set_axis(
                ["user", "weight"], axis=1
            ),
        ]
    )
    strength = ends.groupby("user")["weight"].sum()
    weakest = strength[placed["user_number"]].min()
    assert (strength > weakest).sum() <= 50


def test_no_tie_and_one_tie() -> None:
    none = networks.planted_tags(3, 1, loyalty=0.0, seed=1).edges.iloc[:0]
    empty = layout.network_layout(none, user_limit=10)
    assert empty.empty
    assert empty.dtypes.astype(str).to_dict() == layout.LAYOUT_COLUMNS
    one = pd.DataFrame(
        {
            "tie_kind": ["shared_hashtag"],
            "low_user_number": [1],
            "high_user_number": [2],
            "weight": [0.5],
        }
    )
    placed = layout.network_layout(one, user_limit=10)
    assert len(placed) == 2
    assert np.isfinite(placed[["x", "y"]].to_numpy()).all()
    assert not placed.duplicated(["x", "y"]).any()


def test_three_thousand_users_take_seconds() -> None:
    """Target: 3,000 users in less than 10 s of CPU time."""
    net = networks.planted_replies(3300, 8, 9000, loyalty=0.5, seed=1)
    start = time.process_time()
    placed = layout.network_layout(net.edges, user_limit=3000)
    assert len(placed) > 2700
    assert time.process_time() - start < 10
