"""What whole builds find, against the sample's truth and on the real crawls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    f1_score,
    normalized_mutual_info_score,
)

from conftest import DATABASE, build, planted_users, tables_only

pytestmark = pytest.mark.pipeline

Built = Callable[[str], Path]
Query = Callable[..., list[tuple[object, ...]]]

MEMBERS = "select user_id, group_name from adaptation_groups where standing = 'member'"

# verdicts of the real crawls that a change of method must not turn unnoticed
VERDICTS = {
    "study": {
        "adaptation_groups_exist": "not supported",
        "group_cultural_adapter": "not identifiable on this crawl",
        "chinese_words_rise": "supported",
        "people_begin_to_write_chinese": "not identifiable on this crawl",
        "bots_are_revealed": "not supported",
        "communities_hashtags": "not supported",
        "communities_replies": "not identifiable on this crawl",
        "newcomers_stay": "not identifiable on this crawl",
        "prediction_retained": "not identifiable on this crawl",
        "prediction_repeat_post": "not supported",
        "chinese_words_rise_in_format": "not identifiable on this crawl",
        "topics_exist": "not supported",
        "videos_draw_more": "not supported",
        "study_recipe_finds_groups": "not supported",
    },
    "sqlite": {
        "adaptation_groups_exist": "not identifiable on this crawl",
        "communities_replies": "not supported",
        "communities_hashtags": "supported",
        "recommendations_above_popularity": "supported",
        "recommendations_above_recent_popularity": "not supported",
        "newcomers_stay": "not identifiable on this crawl",
        "topics_exist": "not supported",
        "study_recipe_finds_groups": "not supported",
    },
}


def both(found: list[tuple[object, ...]], column: str) -> tuple[list[str], list[str]]:
    """Truth and finding of the users who have both."""
    truth = {user: row[column] for user, row in planted_users().items() if row[column]}
    pairs = [(truth[str(u)], str(value)) for u, value in found if u in truth]
    assert len(pairs) > 500
    return [planted for planted, _ in pairs], [value for _, value in pairs]


def test_planted_groups_are_found(built: Built, query: Query) -> None:
    found = query(built("sample"), MEMBERS)
    truth, groups = both(found, "adaptation_group")
    assert adjusted_rand_score(truth, groups) >= 0.90
    assert adjusted_rand_score(truth, groups[::-1]) < 0.05
    for name, low, high in query(
        built("sample"), "select archetype, share_low, share_high from archetype_scores"
    ):
        assert low <= truth.count(str(name)) / len(truth) <= high


def test_hosts_stand_where_hosts_should_on_a_real_crawl(
    built: Built, query: Query
) -> None:
    # nobody of the project wrote the study's posts, and no feature knows registration
    differences = dict(
        query(
            built("study"),
            "select archetype, host_difference from archetype_scores "
            "where host_difference_low > 0 or host_difference_high < 0",
        )
    )
    assert differences["cultural_adapter"] > 0.5
    assert differences["imitator"] < -0.5


def test_planted_groups_are_found_without_terms_that_no_real_crawl_shows(
    tmp_path: Path, query: Query
) -> None:
    settings = tables_only(lexicon_needs_real=True)
    selected = ("--select", "+adaptation_groups", "lexicon_reach")
    database = build(tmp_path / DATABASE, None, *selected, *settings)
    reach = "select sum(matched_post_count) from lexicon_reach where category = "
    assert query(database, f"{reach}'promotion'") == [(0,)]
    found = query(database, MEMBERS)
    truth, groups = both(found, "adaptation_group")
    assert adjusted_rand_score(truth, groups) >= 0.90


@pytest.mark.parametrize(
    ("flag", "least"),
    [("is_influencer", 0.95), ("is_silent", 0.95), ("is_bot_like", 0.85)],
)
def test_planted_anomalies_are_found(
    flag: str, least: float, built: Built, query: Query
) -> None:
    found = query(built("sample"), f"select user_id, {flag} from user_anomalies")
    truth, flags = both(found, flag)
    assert f1_score(truth, flags, pos_label="True") >= least


@pytest.mark.parametrize(
    ("kind", "column", "score", "least"),
    [
        ("shared_hashtag", "tag_community", normalized_mutual_info_score, 0.70),
        ("reply", "reply_community", adjusted_mutual_info_score, 0.90),
    ],
)
def test_planted_communities_are_found(
    kind: str,
    column: str,
    score: Callable[..., float],
    least: float,
    built: Built,
    query: Query,
) -> None:
    found = query(
        built("sample"),
        f"select user_id, community_id from user_communities where tie_kind = '{kind}'",
    )
    truth, communities = both(found, column)
    assert score(truth, communities) >= least
    assert score(truth, communities[::-1]) < 0.30


@pytest.mark.parametrize("crawl", VERDICTS)
def test_verdicts_of_the_real_crawls(crawl: str, built: Built, query: Query) -> None:
    rows = query(built(crawl), "select finding_id, verdict from findings")
    verdicts = {str(finding): str(verdict) for finding, verdict in rows}
    assert {name: verdicts[name] for name in VERDICTS[crawl]} == VERDICTS[crawl]
