"""The documents about the project show the models that it has."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from types import ModuleType

import yaml

from conftest import ROOT
from project_files import models, parents, stored_marts

DOCS = ROOT / "docs"


def drawing() -> ModuleType:
    """The script that draws the picture."""
    spec = importlib.util.spec_from_file_location("drawing", DOCS / "draw_lineage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wings() -> dict[str, str]:
    return {name: path.parent.name for name, path in models().items()}


def drawn(wing_of: dict[str, str]) -> str:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    configured = project["models"]["adaptation"]
    colours = {
        wing: configured[wing]["+docs"]["node_color"] for wing in set(wing_of.values())
    }
    return str(drawing().draw(wing_of, parents(), colours))


def test_the_picture_of_the_lineage_is_the_lineage() -> None:
    picture = (DOCS / "lineage.svg").read_text("utf-8")
    assert picture == drawn(wings()), (
        "dbt parse && python docs/draw_lineage.py target/manifest.json docs/lineage.svg"
    )


def test_a_picture_of_other_models_would_be_found() -> None:
    moved = wings() | {"fct_posts": "shared"}
    assert (DOCS / "lineage.svg").read_text("utf-8") != drawn(moved)


def test_the_table_of_wings_counts_its_models() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)
    assert {wing: int(count) for wing, count in rows} == Counter(wings().values())


def test_the_readme_names_every_table_that_people_query_once() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.split("## What is where")[1].split("\n\nThe lineage")[0]
    assert sorted(re.findall(r"`(\w+)`", section)) == sorted(stored_marts())
