"""The lineage runs one way: no arrow skips a layer that must not be skipped."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from project_files import SQL, layer, models, parents, parents_in

# what a model of a layer may read besides seeds (sources feed staging alone); results
# are the marts that Python makes
MAY_READ = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "methods": {"intermediate", "methods", "results"},
    "results": {"intermediate", "methods", "results"},
    "marts": {"intermediate", "methods", "results", "marts", "marts about rows"},
    # a mart in the wing that reads the crawl says what became of its rows
    "marts about rows": {
        "staging",
        "intermediate",
        "methods",
        "results",
        "marts",
        "marts about rows",
    },
}
ABOUT_ROWS = "crawl"


def layer_in_wing(path: Path) -> str:
    """The layer of a model; marts in the wing of the crawl are a layer of their own."""
    found = layer(path)
    is_about_rows = found == "marts" and path.parent.name == ABOUT_ROWS
    return f"{found} about rows" if is_about_rows else found


def wrong_arrows(
    layers: dict[str, str], read_by: dict[str, set[str]]
) -> set[tuple[str, str]]:
    """The arrows (from, to) between layers that must not read each other."""
    return {
        (read, name)
        for name, reads in read_by.items()
        for read in reads
        if read in layers and layers[read] not in MAY_READ[layers[name]]
    }


def test_no_arrow_skips_staging_or_runs_back() -> None:
    layers = {name: layer_in_wing(path) for name, path in models().items()}
    assert set(layers.values()) == set(MAY_READ)
    assert wrong_arrows(layers, parents()) == set()


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("marts", '{{ ref("stg_crawl__post_rows") }}'),
        ("methods", "dbt.ref('stg_crawl__post_rows')"),
        ("staging", '{{ ref("int_posts__cleaned") }}'),
        ("staging", '{{ ref("fct_posts") }}'),
        ("intermediate", '{{ ref( "fct_posts" ) }}'),
        ("intermediate", '{{ ref("tie_communities") }}'),
        ("intermediate", '{{ ref("adaptation_groups") }}'),
        ("methods", 'dbt.ref("fct_posts")'),
        ("methods", 'dbt.ref("topics")'),
        ("results", 'dbt.ref("fct_posts")'),
    ],
)
def test_a_wrong_arrow_would_be_found(reader: str, text: str) -> None:
    layers = {name: layer_in_wing(path) for name, path in models().items()}
    [read] = parents_in(text)
    assert wrong_arrows(layers | {"new": reader}, {"new": {read}}) == {(read, "new")}


@pytest.mark.parametrize(
    ("wing", "name", "may_read_staging"),
    [
        ("crawl", "new_mart", True),
        ("topics", "new_mart", False),
        ("shared", "dim_new", False),
        ("crawl", "stg_crawl__new", True),
        ("crawl", "int_new__made", True),
    ],
)
def test_of_marts_only_those_about_rows_may_read_staging(
    wing: str, name: str, may_read_staging: bool
) -> None:
    made = layer_in_wing(SQL / wing / f"{name}.sql")
    layers = {"stg_crawl__post_rows": "staging", name: made}
    found = wrong_arrows(layers, {name: {"stg_crawl__post_rows"}})
    assert bool(found) != may_read_staging


def test_every_question_has_a_colour_of_its_own() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    configured = project["models"]["adaptation"]
    wings = {path.parent.name for path in models().values()}
    colours = [configured[wing]["+docs"]["node_color"] for wing in wings]
    colours.append(project["seeds"]["adaptation"]["+docs"]["node_color"])
    assert len(set(colours)) == len(wings) + 1
