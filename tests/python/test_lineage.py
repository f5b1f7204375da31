"""The lineage runs one way: no arrow skips a layer that must not be skipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from conftest import ROOT

SQL = ROOT / "dbt_project" / "models"
PYTHON = ROOT / "python_models"
PACKAGE = "refugee_adaptation"
REFERENCE = re.compile(r"""\bref\(\s*["'](\w+)["']\s*\)""")

# what a model of a layer may read besides seeds; sources feed staging alone
MAY_READ = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "methods": {"intermediate", "methods"},
    "marts": {"intermediate", "methods", "marts"},
}
# a Python model that stands among the intermediate models: see the docs' overview
PYTHON_INTERMEDIATE = {"int_text__words"}


def models() -> dict[str, Path]:
    """Every model, by name."""
    python = (path for path in PYTHON.glob("*/*.py") if path.parent.name != PACKAGE)
    return {path.stem: path for path in [*SQL.rglob("*.sql"), *python]}


def layer(path: Path) -> str:
    """The layer of a model, by its folder."""
    if path.stem in PYTHON_INTERMEDIATE:
        return "intermediate"
    return "methods" if path.suffix == ".py" else path.relative_to(SQL).parts[0]


def wrong_arrows(layers: dict[str, str], texts: dict[str, str]) -> set[tuple[str, str]]:
    """The arrows (from, to) between layers that must not read each other."""
    return {
        (read, name)
        for name, text in texts.items()
        for read in REFERENCE.findall(text)
        if read in layers and layers[read] not in MAY_READ[layers[name]]
    }


def test_no_arrow_skips_staging_or_runs_back() -> None:
    found = models()
    layers = {name: layer(path) for name, path in found.items()}
    assert set(layers.values()) == set(MAY_READ)
    texts = {name: path.read_text("utf-8") for name, path in found.items()}
    assert wrong_arrows(layers, texts) == set()


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("marts", '{{ ref("stg_crawl__posts") }}'),
        ("methods", "dbt.ref('stg_crawl__posts')"),
        ("staging", '{{ ref("int_posts__cleaned") }}'),
        ("staging", '{{ ref("fct_posts") }}'),
        ("intermediate", '{{ ref( "fct_posts" ) }}'),
        ("intermediate", '{{ ref("tie_communities") }}'),
        ("methods", 'dbt.ref("fct_posts")'),
    ],
)
def test_a_wrong_arrow_would_be_found(reader: str, text: str) -> None:
    layers = {name: layer(path) for name, path in models().items()}
    read = REFERENCE.findall(text)[0]
    assert wrong_arrows(layers | {"new": reader}, {"new": text}) == {(read, "new")}


def test_every_layer_has_a_colour_of_its_own() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    configured = project["models"]["adaptation"]
    colours = [
        part["+docs"]["node_color"]
        for part in (
            project["seeds"]["adaptation"],
            configured,
            *(configured[name] for name in ("staging", "intermediate", "marts")),
        )
    ]
    assert len(set(colours)) == len(colours)
