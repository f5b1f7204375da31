"""Exposures name the marts that the report, the summary and the exports really read."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT
from project_files import stored_marts
from refugee_adaptation.report.marts import Marts
from refugee_adaptation.report.page import render

PACKAGE = ROOT / "python_models" / "refugee_adaptation"
EXPOSURES = ROOT / "dbt_project" / "models" / "_exposures.yml"
READS = re.compile(r"\b(?:from|join)\s+([a-z_][a-z0-9_]*)")
REFERENCE = re.compile(r"ref\('(\w+)'\)")


def exposed(name: str) -> set[str]:
    """The marts that an exposure depends on."""
    text = EXPOSURES.read_text("utf-8")
    exposures: list[dict[str, Any]] = yaml.safe_load(text)["exposures"]
    (found,) = (one for one in exposures if one["name"] == name)
    return {REFERENCE.fullmatch(one)[1] for one in found["depends_on"]}


def texts_in(source: str) -> Iterator[str]:
    """The strings of a module; pieces of f-strings are put together again."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "0"
                for part in node.values
            )


def read_by(*paths: Path) -> set[str]:
    """The marts that the queries of some modules read."""
    named = {
        name
        for path in paths
        for text in texts_in(path.read_text("utf-8"))
        if "select" in text
        for name in READS.findall(text)
    }
    return named & stored_marts()


def test_the_report_is_exposed_with_what_it_reads() -> None:
    assert exposed("report") == read_by(*(PACKAGE / "report").rglob("*.py"))


def test_the_summary_is_exposed_with_what_it_reads() -> None:
    macro = (ROOT / "dbt_project" / "macros" / "print_build_summary.sql").read_text()
    assert exposed("summary") == set(re.findall(r'name == "(\w+)"', macro))


@pytest.mark.parametrize("name", ["command_line", "exports"])
def test_who_reads_every_table_is_exposed_with_all(name: str) -> None:
    assert exposed(name) == stored_marts()


def test_a_query_that_is_not_exposed_would_be_found(tmp_path: Path) -> None:
    module = tmp_path / "new.py"
    module.write_text(
        'ask(f"""with few as (select 1 from fct_posts limit {MOST}) '
        'select * from few inner join dim_users using (user_id)""")'
    )
    assert read_by(module) == {"fct_posts", "dim_users"}


@pytest.mark.pipeline
def test_pages_of_a_build_read_what_is_exposed(built: Callable[[str], Path]) -> None:
    with Marts(built("sample")) as marts:
        assert set(marts.names) == stored_marts()
        render(marts)
        assert marts.read <= exposed("report")
