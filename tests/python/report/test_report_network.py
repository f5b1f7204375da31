"""The data of the network: limits hold, and say what they leave out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from refugee_adaptation.report.marts import Marts
from refugee_adaptation.report.network import as_data, network_data
from report_marts import small_build, small_network


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = small_build(tmp_path_factory.mktemp("build") / "small.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table fct_posts add column body varchar")
    small_network(path)
    with duckdb.connect(str(path)) as connection:
        # all but the first share a rank
        connection.execute(
            "update influencers set pagerank_rank = 2 where pagerank_rank > 1"
        )
    return path


def test_equal_ranks_do_not_widen_the_limit(database: Path) -> None:
    with Marts(database) as marts:
        data = network_data(marts, 10)
    assert [kind["kind"] for kind in data["kinds"]] == ["reply", "shared_hashtag"]
    for kind in data["kinds"]:
        assert len(kind["people"]) == 10
        assert kind["all_people"] == 30
        assert kind["all_ties"] == 27
        # each is tied to the one three places on
        assert len(kind["ties"]) == 7
        for tie in kind["ties"]:
            assert max(tie[0], tie[1]) < 10


def test_no_limit_shows_all(database: Path) -> None:
    with Marts(database) as marts:
        data = network_data(marts, None)
    for kind in data["kinds"]:
        assert len(kind["people"]) == kind["all_people"] == 30
        assert len(kind["ties"]) == kind["all_ties"] == 27


def test_data_cannot_end_its_element() -> None:
    assert as_data(["</script>"]) == '["\\u003c/script\\u003e"]'
    assert as_data('{"a": "<"}') == '{"a": "\\u003c"}'
