"""DBSCAN noise: the radius, both engines, and how fragile the answer is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import pairwise_distances

from refugee_adaptation.adaptation.features import FloatArray
from refugee_adaptation.anomalies.density import (
    OUTLIER_DTYPES,
    SENSITIVITY_DTYPES,
    density_noise,
    find_outliers,
    k_distances,
    knee,
    outlier_sensitivity,
)

COLUMNS = ["like_mean", "comment_mean"]


def counts(users: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = rng.normal(3, 1, users)
    likes = np.floor(np.exp(size + rng.normal(0, 0.3, users)))
    comments = np.floor(np.exp(size - 1 + rng.normal(0, 0.3, users)))
    return pd.DataFrame(
        {
            "user_id": [f"u{i}" for i in range(users)],
            "like_mean": likes,
            "comment_mean": comments,
        }
    )


def clouds(seed: int) -> FloatArray:
    """Blobs, copies of one point, and stragglers."""
    rng = np.random.default_rng(seed)
    parts = [
        rng.normal(0, 0.4, (300, 3)),
        rng.normal(3, 0.8, (200, 3)),
        np.zeros((40, 3)),
        np.floor(rng.uniform(-4, 8, (60, 3))),
    ]
    return np.asarray(np.concatenate(parts))


@pytest.mark.parametrize("k", [1, 2, 7, 50])
def test_k_distances_count_copies(k: int) -> None:
    cloud = clouds(1)
    expected = np.sort(pairwise_distances(cloud), axis=1)[:, k - 1]
    assert k_distances(cloud, k) == pytest.approx(expected, abs=1e-6)


def test_k_distances_at_the_edge() -> None:
    assert np.isinf(k_distances(np.zeros((3, 2)), 4)).all()
    assert k_distances(np.zeros((4, 2)), 4).tolist() == [0, 0, 0, 0]
    assert len(k_distances(np.zeros((0, 2)), 1)) == 0
    with pytest.raises(ValueError, match="at least 1"):
        k_distances(np.zeros((3, 2)), 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("eps", "neighbours"), [(0.2, 5), (0.5, 10), (1.0, 20)])
def test_both_engines_leave_the_same_noise(
    seed: int, eps: float, neighbours: int
) -> None:
    cloud = clouds(seed)
    trees = density_noise(cloud, eps, neighbours, small=0)
    reference = DBSCAN(eps=eps, min_samples=neighbours).fit(cloud)
    assert np.array_equal(trees, reference.labels_ == -1)
    assert np.array_equal(trees, density_noise(cloud, eps, neighbours))
    core = np.zeros(len(cloud), dtype=bool)
    core[reference.core_sample_indices_] = True
    assert np.array_equal(k_distances(cloud, neighbours) <= eps, core)
    assert 0 < trees.sum() < len(cloud)


@pytest.mark.parametrize("small", [0, 100])
def test_noise_at_the_edge(small: int) -> None:
    assert density_noise(np.zeros((3, 2)), 0.1, 5, small=small).all()
    assert not density_noise(np.zeros((5, 2)), 0.1, 5, small=small).any()
    assert len(density_noise(np.zeros((0, 2)), 0.1, 5, small=small)) == 0
    with pytest.raises(ValueError, match="positive"):
        density_noise(np.zeros((3, 2)), 0.0, 5, small=small)


def test_the_knee_is_where_a_flat_curve_turns_up() -> None:
    curve = np.r_[np.linspace(0, 1, 90), np.linspace(1, 20, 11)[1:]]
    assert knee(curve) == pytest.approx(1.0, abs=0.05)
    assert knee(curve[::-1]) == knee(curve)
    assert knee(np.linspace(0, 1, 50)) == 1
    assert knee(np.full(5, 2.0)) == 2
    assert np.isnan(knee(np.array([])))


def test_a_user_unlike_everybody_is_marked_whatever_the_size() -> None:
    # many comments without likes: not large, but in an empty place
    frame = counts(400)
    odd = pd.DataFrame({"user_id": ["odd"], "like_mean": [0], "comment_mean": [400]})
    marked = find_outliers(pd.concat([frame, odd]), COLUMNS, neighbours=10)
    assert list(marked.columns) == list(OUTLIER_DTYPES)
    assert marked["is_density_outlier"].iloc[-1]
    assert marked["is_density_outlier"].mean() < 0.1
    ordinary = marked[~marked["is_density_outlier"]]
    assert marked["k_distance"].iloc[-1] > ordinary["k_distance"].max()


@pytest.mark.parametrize("users", [0, 1, 2, 19])
def test_few_users_are_not_judged(users: int) -> None:
    frame = counts(users)
    marked = find_outliers(frame, COLUMNS, neighbours=10)
    assert marked["user_id"].tolist() == frame["user_id"].tolist()
    assert not marked["is_density_outlier"].any()
    assert marked["eps"].isna().all()
    table = outlier_sensitivity(frame, COLUMNS, neighbours=10)
    assert list(table.columns) == list(SENSITIVITY_DTYPES)
    assert table.empty


def test_users_who_do_not_differ_are_no_outliers() -> None:
    frame = counts(50).assign(like_mean=3, comment_mean=0)
    assert not find_outliers(frame, COLUMNS, neighbours=10)["is_density_outlier"].any()


def test_a_count_that_was_not_crawled_says_nothing() -> None:
    frame = counts(100).assign(comment_mean=np.nan)
    whole = find_outliers(frame, COLUMNS, neighbours=10)
    alone = find_outliers(frame, COLUMNS[:1], neighbours=10)
    assert whole["k_distance"].tolist() == alone["k_distance"].tolist()


def test_sensitivity_is_measured_against_the_choice() -> None:
    frame = counts(300)
    table = outlier_sensitivity(frame, COLUMNS, neighbours=10)
    [chosen] = table[table["is_chosen"]].to_dict("records")
    marked = find_outliers(frame, COLUMNS, neighbours=10)
    assert chosen["outlier_count"] == marked["is_density_outlier"].sum()
    assert chosen["jaccard_score"] == 1
    assert chosen["eps"] == marked["eps"].iloc[0]
    same_density = table[table["neighbour_count_min"] == 10].sort_values("eps")
    assert (same_density["outlier_count"].diff().dropna() <= 0).all()
    assert same_density["outlier_count"].nunique() > 2


def test_the_score_that_only_ranks_by_size_is_exposed() -> None:
    rng = np.random.default_rng(2)
    size = np.sort(rng.exponential(1.0, 300))
    frame = pd.DataFrame({"user_id": [str(i) for i in range(300)]})
    frame["like_mean"] = frame["comment_mean"] = np.expm1(size)
    table = outlier_sensitivity(frame, COLUMNS, neighbours=10)
    assert table["size_correlation"].min() > 0.7
