"""What the figures should be compared with."""

import pandas as pd
import pytest

from recipe_cases import (
    make_posts,
    reasons,
    study_crawl,
    synthetic_posts,
    values,
)
from refugee_adaptation.evidence.correction import (
    correct,
)


def test_corrections_do_not_depend_on_the_order_of_rows():
    posts = synthetic_posts()
    shuffled = posts.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        correct(posts, null_draws=2), correct(shuffled, null_draws=2)
    )


def test_high_scores_come_without_any_group():
    figures = values(correct(synthetic_posts(), null_draws=5, seed=1))
    # independent log-normal columns: by construction there is no group to find
    assert figures["audit_null_permutation_mean"] > 0.7
    assert 0 <= figures["audit_null_lognormal_share"] <= 1


def test_planted_bands_fall_in_rank():
    posts = make_posts([[row, row, row, row] for row in range(200, 260)])
    posts.loc[3, "like_count_raw"] = "1千+"
    posts.loc[3, ["like_count", "like_count_band_end"]] = [1_000.0, 9_999.0]
    assert values(correct(posts, null_draws=0))["audit_band_rank_fall"] == 59


def test_null_draws_can_be_left_out_but_not_be_negative():
    frame = correct(synthetic_posts(), null_draws=0)
    assert reasons(frame)["audit_null_lognormal_mean"] == "no null draw was asked for"
    with pytest.raises(ValueError, match="negative"):
        correct(synthetic_posts(), null_draws=-1)


@pytest.fixture(scope="module")
def study_posts():
    return study_crawl()


@pytest.fixture(scope="module")
def corrected_study(study_posts):
    return values(correct(study_posts, null_draws=30, seed=1))


@pytest.mark.parametrize(
    ("figure", "number", "tolerance"),
    [
        ("clusters_silhouette", 0.519, 5e-4),
        ("pca_explained_1", 0.899, 5e-4),
        ("dbscan_outliers", 3, 0),
        ("audit_band_ari", 1.0, 0),
        ("audit_band_silhouette", 0.9578, 1e-4),
        ("audit_band_log_ari", 0.80, 0.005),
        ("audit_band_rank_fall", 602, 1),
        # 30 draws of a null: four standard errors of its mean, two of its share
        ("audit_null_permutation_mean", 0.900, 0.002),
        ("audit_null_lognormal_mean", 0.922, 0.03),
        ("audit_null_permutation_share", 0.0, 0),
        ("audit_null_lognormal_share", 0.235, 0.15),
    ],
)
def test_corrected_study_number(corrected_study, figure, number, tolerance):
    assert corrected_study[figure] == pytest.approx(number, rel=0, abs=tolerance)


def test_corrected_study_sizes(corrected_study):
    assert corrected_study["clusters_sizes"] == "444/193/87"
