"""Every query that the documentation shows runs on the built sample."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from conftest import ROOT

pytestmark = pytest.mark.pipeline

Built = Callable[[str], Path]
SQL_BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)


def documented_queries(manifest: Path) -> dict[str, str]:
    """The example query of every model, seed and snapshot that is stored."""
    queries = {}
    for name, node in json.loads(manifest.read_text("utf-8"))["nodes"].items():
        if node["resource_type"] not in ("model", "seed", "snapshot"):
            continue
        if node["config"]["materialized"] == "ephemeral":
            continue
        for number, block in enumerate(SQL_BLOCK.findall(node["description"])):
            queries[f"{name}[{number}]"] = block
    return queries


def undocumented_marts(manifest: Path) -> list[str]:
    """The tables that people query which lack their grain or an example."""
    lacking = []
    for node in json.loads(manifest.read_text("utf-8"))["nodes"].values():
        if node["resource_type"] != "model" or node["schema"] != "main":
            continue
        if node["config"]["materialized"] == "ephemeral":
            continue
        words = " ".join(node["description"].split())
        if "One row per" not in words or not SQL_BLOCK.search(node["description"]):
            lacking.append(node["name"])
    return lacking


def failing(queries: dict[str, str], database: Path) -> dict[str, str]:
    """The queries that DuckDB refuses, with its words."""
    wrong = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, sql in queries.items():
            try:
                connection.execute(sql).fetchall()
            except duckdb.Error as error:
                wrong[name] = str(error)
    return wrong


def test_examples_of_the_models_run(built: Built) -> None:
    database = built("sample")
    queries = documented_queries(database.parent / "target" / "manifest.json")
    assert len(queries) > 20
    assert failing(queries, database) == {}


def test_every_mart_has_its_grain_and_an_example(built: Built) -> None:
    manifest = built("sample").parent / "target" / "manifest.json"
    assert undocumented_marts(manifest) == []


def test_a_mart_without_an_example_would_be_found(tmp_path: Path) -> None:
    node = {
        "name": "bare",
        "resource_type": "model",
        "schema": "main",
        "config": {"materialized": "table"},
        "description": "One row per thing.",
    }
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"model.bare": node}}))
    assert undocumented_marts(manifest) == ["bare"]


def test_analyses_run_as_they_are(built: Built) -> None:
    queries = {
        path.name: path.read_text("utf-8")
        for path in sorted((ROOT / "analyses").glob("*.sql"))
    }
    assert len(queries) >= 5
    assert failing(queries, built("sample")) == {}


def shown_in_readme() -> list[tuple[str, str]]:
    """The queries of the README with the output printed under each."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(r"```sql\n(.*?)```\n+```text\n(.*?)```", text, re.DOTALL)


def test_the_readme_shows_what_its_queries_answer(built: Built) -> None:
    shown = shown_in_readme()
    assert len(shown) >= 5
    with duckdb.connect(str(built("sample")), read_only=True) as connection:
        for sql, printed in shown:
            answer = connection.execute(sql)
            names = [column[0] for column in answer.description]
            # as the DuckDB CLI shows them
            cells = [
                ["NULL" if cell is None else str(cell) for cell in row]
                for row in answer.fetchall()
            ]
            lines = [line.split("|") for line in printed.strip().splitlines()]
            table = [[cell.strip() for cell in line] for line in lines]
            assert table[0] == names
            assert table[1:] == cells, sql


def test_the_queries_for_contributors_run(built: Built) -> None:
    blocks = SQL_BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert blocks
    named = {str(number): block for number, block in enumerate(blocks)}
    assert failing(named, built("sample")) == {}


def test_a_wrong_example_would_be_found(built: Built) -> None:
    wrong = failing({"bad": "select nothing from nowhere"}, built("sample"))
    assert list(wrong) == ["bad"]
