"""The documents about the project show the models that it has."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import ROOT
from project_files import models, stored_marts

DOCS = ROOT / "docs"


def drawing() -> ModuleType:
    """The script that draws the picture."""
    spec = importlib.util.spec_from_file_location("drawing", DOCS / "draw_lineage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawn(manifest: Path, folder: Path) -> str:
    """The picture of the models in a manifest."""
    picture = folder / "lineage.svg"
    drawing().main(str(manifest), str(picture))
    return picture.read_text("utf-8")


@pytest.mark.pipeline
def test_the_picture_of_the_lineage_is_the_lineage(
    built: Callable[[str], Path], tmp_path: Path
) -> None:
    manifest = built("sample").parent / "target" / "manifest.json"
    assert (DOCS / "lineage.svg").read_text("utf-8") == drawn(manifest, tmp_path), (
        "dbt parse && python docs/draw_lineage.py target/manifest.json docs/lineage.svg"
    )


def node(name: str, wing: str, *reads: str) -> dict[str, Any]:
    """What a manifest says of a model."""
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["adaptation", wing, name],
        "depends_on": {"nodes": [f"model.adaptation.{read}" for read in reads]},
        "config": {"docs": {"node_color": "#334155"}},
    }


def test_references_between_wings_are_counted_and_those_inside_are_not(
    tmp_path: Path,
) -> None:
    nodes = [
        node("a", "first"),
        node("b", "first", "a"),
        node("c", "second", "a", "b"),
        node("d", "first", "c"),
    ]
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {one["name"]: one for one in nodes}}))
    picture = drawn(manifest, tmp_path)
    assert re.findall(r"<title>(.*?)</title>", picture) == [
        "first to second: 2",
        "second to first: 1",
    ]
    assert picture.count("<path d=") == 3


def test_the_table_of_wings_counts_its_models() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    wings = [path.parent.name for path in models().values()]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)
    assert {wing: int(count) for wing, count in rows} == Counter(wings)


def circular(claims: dict[str, str]) -> list[str]:
    """Claims that compare groups on what made them, by the SQL of each wing."""
    return [
        name
        for name, code in claims.items()
        if "adaptation_group_profiles" in code
        and not re.search(r"where\b[^)]*\bis_held_out\b", code)
    ]


def test_no_claim_compares_groups_by_what_made_them() -> None:
    claims = {
        name: path.read_text("utf-8")
        for name, path in models().items()
        if name.startswith("claims_of_") or name == "findings"
    }
    assert len(claims) == 10
    assert circular(claims) == []
    read = 'profiles as (select * from {{ ref("adaptation_group_profiles") }}'
    assert circular({"engagement": f"{read} where feature = 'log_engagement')"})
    assert not circular({"rhythm": f"{read} where is_held_out)"})


def test_the_readme_names_every_table_that_people_query_once() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.split("## What is where")[1].split("\n\nThe lineage")[0]
    assert sorted(re.findall(r"`(\w+)`", section)) == sorted(stored_marts())


def test_documents_link_to_files_that_exist() -> None:
    documents = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    links = [
        (path.name, link)
        for path in documents
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
        if not (path.parent / link).exists()
    ]
    assert len(documents) > 6
    assert links == []


def test_the_version_is_one() -> None:
    stated = {
        name: re.findall(pattern, (ROOT / name).read_text("utf-8"), re.MULTILINE)
        for name, pattern in {
            "pyproject.toml": r'^version = "(.+)"$',
            "dbt_project.yml": r'^version: "(.+)"$',
            "CITATION.cff": r"^version: (.+)$",
        }.items()
    }
    assert len({tuple(found) for found in stated.values()}) == 1, stated
