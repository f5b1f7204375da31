"""Verdicts under every specification of settings that they could hang on."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml

from conftest import ROOT
from refugee_adaptation import multiverse
from refugee_adaptation.compiled import Step
from refugee_adaptation.planted.worlds.crawl import write_crawl
from refugee_adaptation.planted.worlds.kinds import draw_world

CHOICES = tomllib.loads(multiverse.CHOICES.read_text("utf-8"))


def step(name: str, code: str, *parents: str) -> Step:
    return Step(name, "model", False, "main", name, {}, "", code, parents)


def test_the_settings_of_the_project_are_one_specification() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))["vars"]
    assert {name: project[name] for name in CHOICES} in multiverse.specifications(
        CHOICES
    )


def test_every_combination_is_a_specification() -> None:
    assert multiverse.specifications({"a": [1, 2], "b": ["x", "y"]}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


def test_stand_ins_differ_and_keep_the_kind() -> None:
    found = multiverse.stand_ins({"a": [1], "b": [0.5], "c": ["2025-01-13"], "d": [2]})
    assert [type(value) for value in found.values()] == [int, float, str, int]
    assert len(set(found.values())) == 4
    pd.Timestamp(found["c"])


def test_what_is_made_again_hangs_on_a_setting() -> None:
    steps = [
        step("apart", "select 1"),
        step("reads", "select 987654001"),
        step("after", "select 2", "reads"),
        step("beside", "select 3", "apart"),
    ]
    again = multiverse.hanging_on(steps, ["987654001"])
    assert [one.name for one in again] == ["reads", "after"]
    with pytest.raises(ValueError, match="no model reads"):
        multiverse.hanging_on(steps, ["987654002"])


def test_the_summary_counts_what_was_judged_and_begins_with_the_divided() -> None:
    judged = pd.DataFrame(
        {
            "finding_id": ["sure"] * 4 + ["torn"] * 4 + ["unknown"] * 4,
            "estimate": [1.0, 1.0, 1.0, 1.0, 0.1, 0.4, 0.6, None, *[None] * 4],
            "verdict": [multiverse.SUPPORTED] * 4
            + [multiverse.SUPPORTED, "not supported", "not supported"]
            + [multiverse.REFUSED] * 5,
        }
    )
    table = multiverse.summary(judged).set_index("finding_id")
    assert table.index.tolist() == ["torn", "sure", "unknown"]
    assert table.loc["torn", "supported_share"] == pytest.approx(1 / 3)
    assert table.loc["torn", "estimate_most"] == 0.6
    assert table.loc["unknown", "refused"] == 4
    assert pd.isna(table.loc["unknown", "supported_share"])


def test_a_crawl_is_judged_with_each_value_of_a_setting(tmp_path: Path) -> None:
    """Everybody is a newcomer of a date before, nobody of a date after the crawl."""
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    write_crawl(draw_world("plain", 3), crawl, 3)
    choices = {"newcomer_from": ["1990-01-01", "2100-01-01"]}
    found = [
        (values["newcomer_from"], table.set_index("finding_id"))
        for values, table in multiverse.verdicts(str(crawl), choices, tmp_path)
    ]
    by_date = {
        date: table.loc["newcomers_are_most_authors"].to_dict() for date, table in found
    }
    assert by_date["1990-01-01"]["estimate"] == 1
    assert by_date["1990-01-01"]["verdict"] == multiverse.SUPPORTED
    assert by_date["2100-01-01"]["estimate"] == 0
    assert by_date["2100-01-01"]["verdict"] == "not supported"
    both = pd.concat(table.reset_index() for _, table in found)
    assert "newcomers_are_most_authors" in multiverse.picture(both)


def test_a_crawl_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = str(tmp_path / "nothing.csv")
    code = multiverse.main(["--crawl", nothing, "--out", str(tmp_path)])
    assert code == 2
    assert "nothing.csv" in capsys.readouterr().err
