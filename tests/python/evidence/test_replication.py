"""The recipe on tiny crawls and on the study itself."""

import numpy as np
import pandas as pd
import pytest

from recipe_cases import make_posts, reasons, study_crawl, synthetic_posts, values
from refugee_adaptation.evidence.correction import (
    BAND_COLUMNS,
    CORRECTED_FIGURES,
    correct,
)
from refugee_adaptation.evidence.figures import FIGURE_TYPES
from refugee_adaptation.evidence.reading import (
    RECIPE_COLUMNS,
)
from refugee_adaptation.evidence.replication import RECIPE_FIGURES, replicate


@pytest.fixture(scope="module")
def study_posts():
    return study_crawl()


@pytest.fixture(scope="module")
def study(study_posts):
    return values(replicate(study_posts))


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_tiny_crawls_give_every_figure_a_value_or_a_reason(rows):
    posts = make_posts([[1, 2, 3, 4], [0, 0, 0, 0], [9, 8, 7, 6]][:rows])
    if rows == 0:
        posts = pd.DataFrame(columns=[*RECIPE_COLUMNS, *BAND_COLUMNS], dtype=object)
    for frame, names in (
        (replicate(posts), RECIPE_FIGURES),
        (correct(posts), CORRECTED_FIGURES),
    ):
        assert list(frame.columns) == list(FIGURE_TYPES)
        assert tuple(frame["figure_id"]) == names
        assert frame["figure_value"].dtype == np.float64
        has_value = frame["figure_value"].notna() | frame["figure_text"].notna()
        assert (has_value != frame["reason"].notna()).all()
    figures = values(replicate(posts))
    assert figures["data_rows"] == rows
    assert np.isnan(figures["clusters_silhouette"])


def test_equal_posts_have_no_clusters_and_say_why():
    frame = replicate(make_posts([[1, 1, 1, 1]] * 30))
    assert "different" in reasons(frame)["clusters_silhouette"]
    assert "different" in reasons(frame)["pca_explained_1"]
    assert values(frame)["dbscan_outliers"] == 0


def test_posts_without_a_word_have_no_topics_and_say_why():
    posts = make_posts([[1, 2, 3, 4]] * 5, title="😔", body="  ")
    frame = replicate(posts)
    assert reasons(frame)["nmf_error"] == "no word is left in any post"
    assert reasons(frame)["nmf_cluster_0_topic_0"] == "needs both clusters and topics"


def test_a_missing_text_becomes_a_topic_word():
    posts = synthetic_posts()
    posts.loc[:40, "title_raw"] = None
    figures = values(replicate(posts))
    assert "nan" in figures["tfidf_vocabulary"].split()
    without = values(replicate(synthetic_posts()))
    assert without["audit_placeholder_loading"] == 0
    assert figures["audit_placeholder_loading"] > 0


def test_unreadable_rows_are_left_out_and_counted():
    posts = synthetic_posts()
    expected = values(replicate(posts))
    broken = pd.concat([posts.iloc[:5], posts.iloc[:1], posts.iloc[5:]])
    broken = broken.reset_index(drop=True)
    broken.loc[5, "like_count_raw"] = "赞"
    got = values(replicate(broken))
    assert got["data_rows_unreadable"] == 1
    assert got["clusters_silhouette"] == expected["clusters_silhouette"]
    broken.loc[7, "read_problem"] = "record has 14 fields, header has 15"
    assert values(replicate(broken))["data_rows_unreadable"] == 2
    assert values(replicate(broken))["data_rows"] == len(broken)


def test_above_the_row_limit_nothing_is_fitted_but_sums_stay():
    frame = replicate(synthetic_posts(), row_limit=50)
    assert values(frame)["data_sum_like"] > 0
    assert "more than 50 rows" in reasons(frame)["clusters_silhouette"]
    assert correct(synthetic_posts(), row_limit=50)["reason"].notna().all()


def test_the_same_posts_and_seed_give_the_same_figures():
    posts = synthetic_posts()
    pd.testing.assert_frame_equal(replicate(posts), replicate(posts))
    first = correct(posts, null_draws=3, seed=1)
    pd.testing.assert_frame_equal(first, correct(posts, null_draws=3, seed=1))
    other = correct(posts, null_draws=3, seed=2)
    assert not first["figure_value"].equals(other["figure_value"])


def test_a_missing_column_is_an_error():
    with pytest.raises(KeyError):
        replicate(synthetic_posts().drop(columns="title_raw"))


@pytest.mark.parametrize(
    ("figure", "number", "tolerance"),
    [
        ("data_rows", 724, 0),
        ("data_rows_unreadable", 0, 0),
        ("data_sum_collect", 58_954, 0),
        ("data_sum_comment", 299_613, 0),
        ("data_sum_share", 117_451, 0),
        ("data_sum_like", 1_554_694, 0),
        ("data_title_missing", 152, 0),
        ("data_body_missing", 24, 0),
        ("audit_placeholder_posts", 171, 0),
        ("audit_blank_posts", 57, 0),
        ("audit_emptied_posts", 59, 0),
        ("data_sd_collect", 431.44267, 1e-4),
        ("data_sd_comment", 2142.62096, 1e-4),
        ("data_sd_share", 2004.98033, 1e-4),
        ("data_sd_like", 10948.59895, 1e-4),
        ("clusters_silhouette", 0.9586966020, 1e-4),
        ("clusters_silhouette_0", 0.9653, 1e-4),
        ("clusters_silhouette_1", 0.3290, 1e-4),
        ("clusters_silhouette_2", 0.0, 0),
        ("clusters_inertia", 624.20689, 1e-4),
        ("clusters_iterations", 4, 0),
        ("clusters_total_ss", 2896, 1e-6),
        ("clusters_mean_0_like", 1257.59, 0.01),
        ("clusters_mean_1_collect", 3833.17, 0.01),
        ("clusters_mean_1_comment", 8547.83, 0.01),
        ("clusters_mean_1_like", 85333.33, 0.01),
        ("clusters_mean_2_share", 51000, 0),
        ("clusters_centroid_0_collect", -0.0867, 1e-4),
        ("clusters_centroid_1_like", 7.5979, 1e-4),
        ("clusters_centroid_2_share", 25.3557, 1e-4),
        ("pca_explained_1", 0.806356, 1e-4),
        ("pca_explained_2", 0.158561, 1e-4),
        ("pca_explained_3", 0.025424, 1e-4),
        ("pca_explained_4", 0.009659, 1e-4),
        ("pca_loading_1_collect", 0.4910, 1e-4),
        ("pca_loading_1_like", 0.5199, 1e-4),
        ("pca_loading_2_collect", -0.5573, 1e-4),
        ("pca_loading_2_share", 0.6252, 1e-4),
        ("pca_max_1", 34.187, 1e-3),
        ("pca_max_2", 12.793, 1e-3),
        ("pca_min_1", -0.3325, 1e-4),
        ("pca_min_2", -10.6657, 1e-4),
        ("dbscan_clusters", 1, 0),
        ("dbscan_outliers", 20, 0),
        ("dbscan_users", 19, 0),
        ("tfidf_features", 50, 0),
        ("tfidf_nonzero", 2918, 0),
        ("tfidf_empty_rows", 14, 0),
        ("tfidf_squared_norm", 710, 1e-6),
        ("tfidf_sum", 1246.58183, 1e-4),
        ("nmf_error", 18.70887, 1e-4),
        ("nmf_iterations", 8, 0),
        ("nmf_relative_error", 0.702135, 1e-4),
        ("nmf_posts_0", 402, 0),
        ("nmf_posts_1", 176, 0),
        ("nmf_posts_2", 146, 0),
        ("nmf_weight_0", 0.075308, 1e-4),
        ("nmf_weight_1", 0.064732, 1e-4),
        ("nmf_weight_2", 0.052507, 1e-4),
        ("nmf_cluster_0_topic_0", 0.0746, 1e-4),
        ("nmf_cluster_1_topic_0", 0.1518, 1e-4),
        ("nmf_cluster_2_topic_2", 0.0021, 1e-4),
        ("audit_placeholder_loading", 0.88, 0.005),
        ("audit_marker_loading", 0.51, 0.005),
        ("audit_marker_auc", 0.956, 0.001),
        ("audit_vocabulary_artefacts", 12, 0),
        ("audit_vocabulary_coverage", 0.276, 5e-4),
        ("audit_named_keywords", 8, 0),
        ("audit_row_share_like", 0.22, 0.005),
        ("audit_row_share_comment", 0.60, 0.005),
        ("audit_row_share_share", 0.89, 0.005),
        ("audit_row_share_collect", 0.29, 0.005),
        ("audit_top_10_silhouette", 0.9556, 1e-4),
        ("audit_robust_silhouette", 0.9705, 1e-4),
        ("audit_adapters_posts", 1, 0),
        ("audit_dbscan_min_likes", 2881, 0),
        ("audit_dbscan_top_posts", 15, 0),
    ],
)
def test_study_number(study, figure, number, tolerance):
    assert study[figure] == pytest.approx(number, rel=0, abs=tolerance)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("clusters_sizes", "717/6/1"),
        ("clusters_rows_1", "0, 1, 3, 5, 37, 38"),
        ("clusters_rows_2", "36"),
        ("clusters_head", "1,1,0,1,0"),
        (
            "dbscan_rows",
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 31, 36, 37, 38, 77, 78, 87, 109",
        ),
        ("dbscan_head", "-1,-1,-1,-1,-1"),
        (
            "tfidf_vocabulary",
            "america american app ask ban chinese english follow friends fyp hello hi "
            "hope im just learn lets like looking love make meet nan new people post "
            "rednote refugee refugees thank tiktok tiktokrefugee tiktokrefugees tok "
            "usa 一个 中国 你们 你好 可以 大家 小红书 希望 我们 抖音 朋友 美国 话题 "
            "这里 难民",
        ),
        (
            "nmf_words_0",
            "tiktok refugee im hi hello just new refugees friends love",
        ),
        (
            "nmf_words_1",
            "话题 tiktokrefugee tiktokrefugees 难民 美国 american fyp 抖音 中国 "
            "america",
        ),
        (
            "nmf_words_2",
            "nan hello im just follow hi ask 朋友 friends english",
        ),
        ("audit_placeholder_topic_posts", "146 of 146"),
        ("audit_marker_topic_posts", "173 of 176"),
        ("audit_robust_sizes", "715/8/1"),
        ("audit_dbscan_silent", "0 of 22"),
    ],
)
def test_study_text(study, figure, text):
    assert study[figure] == text


@pytest.mark.parametrize("mask", ["@_", "@mention"])
def test_no_mention_mask_changes_a_study_figure(study_posts, study, mask):
    posts = study_posts.copy()
    for column in ("title_raw", "body_raw"):
        posts[column] = posts[column].str.replace(r"@[^ \t\n@]+", mask, regex=True)
    masked = values(replicate(posts))
    for figure, value in study.items():
        # a mask that holds no letter is one token less in the whole corpus
        within = 5e-4 if figure == "audit_vocabulary_coverage" else 1e-9
        close = value if isinstance(value, str) else pytest.approx(value, abs=within)
        assert masked[figure] == close, figure


@pytest.mark.pipeline
def test_the_study_is_known_by_its_contents_and_reproduced(built, query):
    database = built("study")
    assert query(
        database,
        "select verdict, count(*) from study_replication group by 1 order by 1",
    ) == [
        ("measured here", 61),
        ("not computed", 12),
        ("not reproduced", 6),
        ("reproduced", 100),
    ]
    # what the study states and its own file contradicts
    assert query(
        database,
        "select figure_id, reproduced_value from study_replication "
        "where not is_reproduced order by 1",
    ) == [
        ("audit_explorers_mean_likes", "85333.333333"),
        ("audit_first_post", "2025-01-09 20:11"),
        ("audit_last_post", "2025-03-02 13:43"),
        ("audit_named_keywords", "8"),
        ("audit_posts_after_end", "23"),
        ("claim_posts", "724"),
    ]


@pytest.mark.pipeline
@pytest.mark.parametrize(
    ("figure", "reproduced", "corrected"),
    [
        ("audit_band_cells", "13", None),
        ("audit_banded_rows", "46", None),
        ("audit_banded_rows_second_wave", "45", None),
        ("data_sum_like", "1554694", "1563685 to 1984263"),
        ("audit_placeholder_posts", "171", None),
        ("audit_marker_count", "966", None),
        ("audit_marker_posts", "175", None),
        ("audit_marker_first_period", "5 of 533", None),
        ("audit_marker_second_period", "170 of 191", None),
        ("audit_users", "724", "676"),
        ("audit_repeat_users", None, "35"),
        ("audit_emoji_posts", "281", None),
        ("audit_apostrophe_posts", "152", None),
        ("audit_busiest_days", "0.719613", None),
        ("audit_hour_shift", None, "13"),
        ("audit_night_first_wave", "19 of 521", None),
        ("audit_refugee_posts", "720 of 724", None),
        ("follow_up_accuracy", "0.993844", None),
        ("follow_up_auc", None, "0.572 to 0.830"),
        ("follow_up_retained_here", "1 of 517", None),
    ],
)
def test_the_audit_of_the_study(built, query, figure, reproduced, corrected):
    assert query(
        built("study"),
        "select reproduced_value, corrected_value from study_replication "
        f"where figure_id = '{figure}'",
    ) == [(reproduced, corrected)]


@pytest.mark.pipeline
@pytest.mark.parametrize("crawl", ["sample", "empty", "single"])
def test_another_crawl_is_not_judged_and_says_why_a_figure_is_missing(
    built, query, crawl
):
    assert query(
        built(crawl),
        "select count(*) from study_replication where is_study_file "
        "or (is_reproduced is not null and topic != 'follow_up') "
        "or coalesce(reproduced_value, corrected_value, reason) is null",
    ) == [(0,)]
