"""Exports: what was written can be opened again, and opens harmlessly."""

from __future__ import annotations

import codecs
import csv
import json
from pathlib import Path

import duckdb
import networkx as nx
import pandas as pd
import pytest

from refugee_adaptation.export import (
    FORMULA_STARTS,
    _drawn,
    _field_type,
    export_networks,
    main,
    safe_text,
)
from refugee_adaptation.report.marts import Marts
from report_marts import HOSTILE, small_build


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = small_build(tmp_path_factory.mktemp("build") / "small.duckdb")
    connection = duckdb.connect(str(path))
    connection.execute(
        """
        create table community_edges as
        select
            tie_kind,
            'a<&>' as low_user_id,
            'b' as high_user_id,
            2.0 as weight,
            ['=x', chr(11) || 'tag'] as shared_hashtags,
            timestamp '2025-01-14' as first_at
        from (values ('reply'), ('shared_hashtag')) as kinds (tie_kind);

        create table user_communities as
        select
            'reply' as tie_kind,
            'a<&>' as user_id,
            'reply-1' as community_id,
            null::double as seed_stability;

        create table communities as
        select
            'reply' as tie_kind,
            'reply-1' as community_id,
            'cats & dogs' || chr(11) as community_name;

        create table adaptation_groups as
        select 'a<&>' as user_id, 'settled' as group_name
        union all
        select 'nobody here', 'settled';

        create table engagement_by_day as
        select i as user_count, timestamp '2025-01-14 10:20:30' as last_at
        from range(5) as counts (i);

        comment on table fct_posts is 'Posts | of the crawl. One row per post.';
        comment on column fct_posts.title is 'The title.';
        """
    )
    connection.close()
    return path


@pytest.fixture(scope="module")
def folder(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exports")
    assert main(["--db", str(database), "--out", str(out)]) == 0
    return out


def test_parquet_holds_what_the_table_holds(database: Path, folder: Path) -> None:
    connection = duckdb.connect(str(database), read_only=True)
    exported = f"(select * from read_parquet('{folder}/parquet/fct_posts.parquet'))"
    for left, right in ((exported, "fct_posts"), ("fct_posts", exported)):
        different = connection.execute(
            f"from {left} except all from {right}"
        ).fetchall()
        assert different == []


def test_times_are_hours_and_small_groups_are_left_out(
    database: Path, folder: Path, tmp_path: Path
) -> None:
    def days(out: Path) -> list[tuple[int, str]]:
        path = out / "parquet" / "engagement_by_day.parquet"
        return duckdb.sql(
            f"select user_count, strftime(last_at, '%H:%M:%S') from '{path}' order by 1"
        ).fetchall()

    # a row of nobody tells of nobody
    assert days(folder) == [(0, "10:00:00"), (3, "10:00:00"), (4, "10:00:00")]
    said = "Left out: 2 rows that describe too few people."
    assert said in (folder / "data_dictionary.md").read_text("utf-8")
    more = ["--exact-times", "--min-people", "1"]
    assert main(["--db", str(database), "--out", str(tmp_path), *more]) == 0
    assert days(tmp_path) == [(count, "10:20:30") for count in range(5)]
    assert said not in (tmp_path / "data_dictionary.md").read_text("utf-8")


def test_no_csv_cell_is_a_formula(folder: Path) -> None:
    guarded = 0
    for path in sorted((folder / "csv").glob("*.csv")):
        assert path.read_bytes().startswith(codecs.BOM_UTF8)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert header
        assert not header[0].startswith("\ufeff")
        for row in rows:
            for cell in row:
                is_number = cell.lstrip("-").replace(".", "").isdigit()
                assert is_number or not cell.startswith(tuple(FORMULA_STARTS))
                guarded += cell.startswith("'=")
    assert guarded > 0


def test_a_csv_has_all_rows(folder: Path) -> None:
    with (folder / "csv/fct_posts.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 20
    assert {row["title"] for row in rows} >= {HOSTILE[0], "'=HYPERLINK(1)"}


def test_a_csv_opens_without_naming_its_encoding(folder: Path) -> None:
    path = folder / "csv" / "fct_posts.csv"
    for names in (
        duckdb.from_csv_auto(str(path)).columns,
        list(pd.read_csv(path).columns),
    ):
        assert names[0] == "post_id"


def test_an_export_leaves_no_table_of_an_earlier_one(
    database: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first.duckdb"
    with duckdb.connect(str(first)) as connection:
        connection.execute(
            """
            create table gone as select 1 as x;

            create table community_edges as
            select 'old' as tie_kind, 'a' as low_user_id, 'b' as high_user_id
            """
        )
    out = tmp_path / "exports"
    mine = out / "csv" / "mine.csv"
    assert main(["--db", str(first), "--out", str(out)]) == 0
    mine.write_text("kept")
    old = ("csv/gone.csv", "parquet/gone.parquet", "networks/old.gexf")
    assert all((out / name).exists() for name in old)
    assert main(["--db", str(database), "--out", str(out)]) == 0
    assert not any((out / name).exists() for name in old)
    assert mine.read_text() == "kept"
    # a list that names other places leads nowhere
    (out / "files.txt").write_text("../first.duckdb\ncsv/../../first.duckdb\n")
    assert main(["--db", str(database), "--out", str(out)]) == 0
    assert first.exists()
    tables = {path.stem for path in (out / "csv").glob("*.csv")} - {"mine"}
    with Marts(database) as marts:
        assert tables == set(marts.names)


@pytest.mark.parametrize("kind", ["reply", "shared_hashtag"])
def test_networks_open_again(folder: Path, kind: str) -> None:
    for graph in (
        nx.read_graphml(folder / "networks" / f"{kind}.graphml"),
        nx.read_gexf(folder / "networks" / f"{kind}.gexf"),
    ):
        assert set(graph.nodes) == {"a<&>", "b"}
        edge = graph.edges["a<&>", "b"]
        assert float(edge["weight"]) == 2
        assert edge["shared_hashtags"] == "=x, tag"
    if kind == "reply":
        graph = nx.read_graphml(folder / "networks" / "reply.graphml")
        assert graph.nodes["a<&>"] == {
            "community_id": "reply-1",
            "community_name": "cats & dogs",
            "adaptation_group": "settled",
        }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_from_graph_files(text: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.duckdb"
    stored = text.replace("\x00", "")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table community_edges as
            select
                'reply' as tie_kind,
                'a' as low_user_id,
                'b' as high_user_id,
                [$words] as shared_hashtags;

            create table influencers as
            select 'reply' as tie_kind, 'a' as user_id, $words as community_name;
            """.replace("$words", "'" + stored.replace("'", "''") + "'")
        )
    with Marts(path) as marts:
        files = export_networks(marts, tmp_path)
    assert {file.suffix for file in files} == {".graphml", ".gexf"}
    for file in files:
        read = nx.read_gexf if file.suffix == ".gexf" else nx.read_graphml
        graph = read(file)
        assert graph.nodes["a"]["community_name"] == safe_text(stored)
        assert graph.edges["a", "b"]["shared_hashtags"] == safe_text(stored)


def test_text_for_xml_has_no_forbidden_character() -> None:
    assert safe_text("a\x00b\x0bc\ufffe\ud800d\U0001f600\t\n") == "abcd\U0001f600\t\n"


def test_the_dictionary_names_every_column(database: Path, folder: Path) -> None:
    text = (folder / "data_dictionary.md").read_text("utf-8")
    assert "| title | varchar | The title. |" in text
    with Marts(database) as marts:
        for table in marts.names:
            assert f"## {table}" in text
            for name, _, _ in marts.columns(table):
                assert f"| {name} |" in text


def test_the_package_says_what_each_csv_holds(database: Path, folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    with Marts(database) as marts:
        assert [one["name"] for one in package["resources"]] == list(marts.names)
    for one in package["resources"]:
        with (folder / one["path"]).open(encoding=one["encoding"], newline="") as file:
            header = next(csv.reader(file))
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == header
    types = {
        field["name"]: field["type"]
        for one in package["resources"]
        for field in one["schema"]["fields"]
    }
    assert types["title"] == "string"
    assert types["shared_hashtags"] == "array"


@pytest.mark.parametrize(
    ("data_type", "expected"),
    [
        ("BIGINT", "integer"),
        ("DECIMAL(18,3)", "number"),
        ("TIMESTAMP WITH TIME ZONE", "datetime"),
        ("DOUBLE[]", "array"),
        ("VARCHAR", "string"),
    ],
)
def test_types_of_the_package(data_type: str, expected: str) -> None:
    assert _field_type(data_type) == expected


def test_gephi_is_told_where_people_stand_and_whose_colour_they_have() -> None:
    graph = nx.Graph()
    graph.add_node("a", community_id="reply-1", community_name="cats", x=0.5, y=-0.25)
    graph.add_node("b", community_id="reply-1")
    graph.add_node("c", community_id="reply-2")
    graph.add_node("d")
    drawn = _drawn(graph).nodes
    assert drawn["a"]["viz"]["position"] == {"x": 500.0, "y": -250.0, "z": 0.0}
    assert drawn["a"]["label"] == "cats"
    colours = [tuple(drawn[one]["viz"]["color"].values()) for one in "abcd"]
    assert colours[0] == colours[1]
    assert len(set(colours)) == 3
    assert "viz" not in graph.nodes["a"]


def test_a_database_without_tables_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bare.duckdb"
    duckdb.connect(str(path)).close()
    assert main(["--db", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no table of a build" in capsys.readouterr().err


def test_a_missing_database_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(tmp_path / "none.duckdb"), "--out", str(tmp_path)]) == 2
    assert "does not exist" in capsys.readouterr().err
