"""The lineage runs one way: no arrow skips a layer that must not be skipped."""

from __future__ import annotations

import pytest
import yaml

from conftest import ROOT
from project_files import layer, models, parents, parents_in

# what a model of a layer may read besides seeds; sources feed staging alone
MAY_READ = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "methods": {"intermediate", "methods"},
    "marts": {"intermediate", "methods", "marts"},
}


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
    layers = {name: layer(path) for name, path in models().items()}
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
        ("methods", 'dbt.ref("fct_posts")'),
    ],
)
def test_a_wrong_arrow_would_be_found(reader: str, text: str) -> None:
    layers = {name: layer(path) for name, path in models().items()}
    [read] = parents_in(text)
    assert wrong_arrows(layers | {"new": reader}, {"new": {read}}) == {(read, "new")}


def test_every_question_has_a_colour_of_its_own() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    configured = project["models"]["adaptation"]
    wings = {path.parent.name for path in models().values()}
    colours = [configured[wing]["+docs"]["node_color"] for wing in wings]
    colours.append(project["seeds"]["adaptation"]["+docs"]["node_color"])
    assert len(set(colours)) == len(wings) + 1
