"""Take the results along: `adaptation export --out exports/`.

Every table of schema `main` as Parquet and as CSV, the networks as GraphML and GEXF
(with places and colours), and a data dictionary, for people and as a Data Package for
programs. Parquet holds what the tables hold, but times to the hour (exact with
`--exact-times`) and no row that describes fewer than three people. CSV is made safe for
spreadsheets (OWASP, "CSV Injection"): a text that a spreadsheet would run as a formula
gets an apostrophe in front; and it begins with a byte order mark, without which Excel
shows Chinese as gibberish (Python reads it as `utf-8-sig`; DuckDB and pandas need
nothing). What the last export wrote into the folder is removed first, and nothing else:
`files.txt` lists it. GraphML and GEXF hold no character that XML 1.0 forbids.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from refugee_adaptation.builds import database_option, quoted
from refugee_adaptation.report.marts import MIN_PEOPLE, Marts, MartsError, Row

# Starts of a cell that spreadsheets read as a formula, full-width forms among them.
FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
# Tells spreadsheets that a file is UTF-8.
BOM = "\ufeff"
# Where an export writes tables and networks, and the list of what it wrote.
FOLDERS = ("parquet", "csv", "networks")
LIST = "files.txt"
# of people in the smaller communities and in none, and what their places are drawn by
_GREY = "#999999"
_SPREAD = 1_000.0
# XML 1.0, production 2: all characters but these are allowed.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe_text(text: str) -> str:
    """Drop what XML 1.0 cannot hold.

    Args:
        text: any text.

    Returns:
        The text without control characters, lone surrogates and non-characters.
    """
    return _NOT_XML.sub("", text)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _csv_column(name: str, data_type: str, header: str) -> str:
    column, header = quoted(name), quoted(header)
    if data_type.endswith("[]"):
        # a list is one cell of JSON, which starts with a bracket
        return f"to_json({column})::varchar as {header}"
    if data_type != "VARCHAR":
        return f"{column} as {header}"
    starts = ", ".join(f"chr({ord(start)})" for start in FORMULA_STARTS)
    return (
        f"case when left({column}, 1) in ({starts}) "
        f"then chr(39) || {column} else {column} end as {header}"
    )


def _clear(out: Path) -> None:
    """Remove the files that the last export wrote, and no others.

    Args:
        out: folder of the exports.
    """
    listed = out / LIST
    if not listed.is_file():
        return
    for name in listed.read_text("utf-8").splitlines():
        folder, _, file = name.partition("/")
        if folder in FOLDERS and file == Path(file).name:
            (out / folder / file).unlink(missing_ok=True)


def export_tables(marts: Marts, out: Path) -> list[Path]:
    """Write every mart as Parquet and as CSV.

    Args:
        marts: the tables of a build.
        out: folder to write `parquet/` and `csv/` to.

    Returns:
        The files, in the order written.
    """
    written = []
    cursor = marts.cursor()
    for folder in ("parquet", "csv"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for table in marts.names:
        parquet = out / "parquet" / f"{table}.parquet"
        cursor.execute(
            f"copy (select * from {quoted(table)}) "
            f"to {_literal(str(parquet))} (format parquet)"
        )
        # the mark stands at the start of the file as that of the first column's name
        columns = ", ".join(
            _csv_column(name, data_type, f"{'' if number else BOM}{name}")
            for number, (name, data_type, _) in enumerate(marts.columns(table))
        )
        csv = out / "csv" / f"{table}.csv"
        cursor.execute(
            f"copy (select {columns} from {quoted(table)}) "
            f"to {_literal(str(csv))} (format csv, header)"
        )
        written += [parquet, csv]
    cursor.close()
    return written


def export_dictionary(marts: Marts, out: Path) -> Path:
    """Write what every table and column means.

    Args:
        marts: the tables of a build.
        out: folder to write `data_dictionary.md` to.

    Returns:
        The file.
    """
    lines = ["# Data dictionary", "", "Every table, with its grain, and every column."]
    for table in marts.names:
        described = marts.description(table).split("```")[0].strip()
        lines += [
            "",
            f"## {table}",
            "",
            " ".join(described.split()) or "No description.",
        ]
        if table in marts.left_out:
            lines += [
                "",
                f"Left out: {marts.left_out[table]} rows that describe too few people.",
            ]
        lines += ["", "| column | type | meaning |", "|---|---|---|"]
        for name, data_type, meaning in marts.columns(table):
            words = " ".join(meaning.split()).replace("|", "\\|")
            lines.append(f"| {name} | {data_type.lower()} | {words} |")
    path = out / "data_dictionary.md"
    out.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


#: Types of a Data Package by what a column's type begins with; a list is an array.
_FIELD_TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "DECIMAL": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


def _field_type(data_type: str) -> str:
    if data_type.endswith("[]"):
        return "array"
    return _FIELD_TYPES.get(data_type.split("(")[0].split(" ")[0], "string")


def export_package(marts: Marts, out: Path) -> Path:
    """Write what the CSV files hold, for programs.

    Args:
        marts: the tables of a build.
        out: folder to write `datapackage.json` to.

    Returns:
        The file: a Data Package (version 1 of the standard, of Frictionless Data), with
        type and meaning of every column.
    """
    resources = [
        {
            "name": table,
            "path": f"csv/{table}.csv",
            "profile": "tabular-data-resource",
            "description": marts.description(table),
            "encoding": "utf-8-sig",
            "schema": {
                "fields": [
                    {
                        "name": name,
                        "type": _field_type(data_type),
                        # as DuckDB writes one in CSV
                        **({"format": "%Y-%m-%d %H:%M:%S"} if is_time else {}),
                        "description": meaning,
                    }
                    for name, data_type, meaning in marts.columns(table)
                    for is_time in (data_type.startswith("TIMESTAMP"),)
                ]
            },
        }
        for table in marts.names
    ]
    package = {
        "profile": "tabular-data-package",
        "name": "tiktok-refugees-on-xiaohongshu",
        "title": "How TikTok refugees settled on Xiaohongshu: tables of one crawl",
        "resources": resources,
    }
    path = out / "datapackage.json"
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def _attributes(row: Row, *without: str) -> dict[str, Any]:
    """Give the values that graph formats can hold; a missing one is left out."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in without or value is None:
            continue
        if isinstance(value, bool | int | float):
            found[name] = value
        elif isinstance(value, list):
            found[name] = safe_text(", ".join(str(item) for item in value))
        elif isinstance(value, dt.date):
            found[name] = value.isoformat()
        else:
            found[name] = safe_text(str(value))
    return found


def network(marts: Marts, tie_kind: str) -> nx.Graph:
    """Build the network of one kind of tie.

    Args:
        marts: the tables of a build.
        tie_kind: such as `reply`.

    Returns:
        A graph of pseudonyms with the columns of `user_communities`, `influencers` and
        `network_layout`, the name of the community and the adaptation group on its
        nodes, and those of `community_edges` on its edges.

    Raises:
        NotBuiltError: the build has no `community_edges`.
    """
    graph = nx.Graph(tie_kind=tie_kind)
    for table in ("user_communities", "influencers", "network_layout"):
        if not marts.has(table):
            continue
        people = marts.ask(
            f"select * from {table} where tie_kind = ? order by user_id", tie_kind
        )
        for row in people.rows:
            graph.add_node(row["user_id"], **_attributes(row, "user_id", "tie_kind"))
    edges = marts.ask(
        """
        select *
        from community_edges
        where tie_kind = ?
        order by low_user_id, high_user_id
        """,
        tie_kind,
    )
    for row in edges.rows:
        low, high = row["low_user_id"], row["high_user_id"]
        graph.add_edge(
            low, high, **_attributes(row, "low_user_id", "high_user_id", "tie_kind")
        )
    _name_groups(marts, graph, tie_kind)
    return graph


def _name_groups(marts: Marts, graph: nx.Graph, tie_kind: str) -> None:
    """Give each person the name of its community and its adaptation group."""
    if marts.has("communities"):
        named = marts.ask(
            """
            select community_id, community_name
            from communities
            where tie_kind = ? and community_name is not null
            """,
            tie_kind,
        )
        names = {row["community_id"]: row["community_name"] for row in named.rows}
        for values in graph.nodes.values():
            if values.get("community_id") in names:
                values["community_name"] = safe_text(names[values["community_id"]])
    if marts.has("adaptation_groups"):
        groups = marts.ask("select user_id, group_name from adaptation_groups")
        for row in groups.rows:
            if row["user_id"] in graph and row["group_name"] is not None:
                graph.nodes[row["user_id"]]["adaptation_group"] = row["group_name"]


def _drawn(graph: nx.Graph) -> nx.Graph:
    """Place people as on the page and colour the largest communities, for Gephi."""
    from refugee_adaptation.report.charts import PALETTE

    drawn = graph.copy()
    sizes = Counter(nx.get_node_attributes(graph, "community_id").values())
    ranked = sorted(sizes, key=lambda one: (-sizes[one], one))
    colours = dict(zip(ranked, PALETTE, strict=False))
    for values in drawn.nodes.values():
        values["label"] = values.get("community_name", "")
        code = colours.get(values.get("community_id"), _GREY)
        red, green, blue = bytes.fromhex(code[1:])
        values["viz"] = {"color": {"r": red, "g": green, "b": blue, "a": 1.0}}
        if "x" in values:
            place = {"x": _SPREAD * values["x"], "y": _SPREAD * values["y"], "z": 0.0}
            values["viz"]["position"] = place
    return drawn


def export_networks(marts: Marts, out: Path) -> list[Path]:
    """Write the networks as GraphML and GEXF, one file per kind of tie.

    Args:
        marts: the tables of a build.
        out: folder to write `networks/` to.

    Returns:
        The files; none where the build has no ties.
    """
    if not marts.has("community_edges"):
        return []
    kinds = marts.ask("select distinct tie_kind from community_edges order by tie_kind")
    written = []
    for row in kinds.rows:
        (out / "networks").mkdir(parents=True, exist_ok=True)
        graph = network(marts, row["tie_kind"])
        graphml = out / "networks" / f"{row['tie_kind']}.graphml"
        gexf = out / "networks" / f"{row['tie_kind']}.gexf"
        nx.write_graphml(graph, graphml)
        nx.write_gexf(_drawn(graph), gexf)
        written += [graphml, gexf]
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the exports of a build.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0, or 2 when the database cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="adaptation export",
        description="Write every table of a build as Parquet and CSV (UTF-8 with a "
        "byte order mark, for spreadsheets), its networks as GraphML and GEXF, and a "
        "data dictionary. Files of the last export into the same folder are removed "
        "first.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    database_option(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("exports"), help="folder to write to"
    )
    parser.add_argument(
        "--exact-times",
        action="store_true",
        help="times to the second, which tell whoever has the crawl who wrote a text; "
        "else to the hour",
    )
    parser.add_argument(
        "--min-people",
        type=int,
        default=MIN_PEOPLE,
        help="people whom a row of a grouped table must describe to be written",
    )
    options = parser.parse_args(arguments)
    if options.min_people < 1:
        parser.error("--min-people must be 1 or more")
    if options.out.exists() and not options.out.is_dir():
        parser.error(f"--out {options.out} is a file; name a folder")
    try:
        with Marts(
            options.db,
            exact_times=options.exact_times,
            min_people=options.min_people,
        ) as marts:
            _clear(options.out)
            tables = export_tables(marts, options.out)
            print(f"{len(tables) // 2} tables as Parquet and CSV")
            graphs = export_networks(marts, options.out)
            print(f"{len(graphs) // 2} networks as GraphML and GEXF")
            dictionary = export_dictionary(marts, options.out)
            package = export_package(marts, options.out)
            print(f"data dictionary: {dictionary}, {package}")
            files = tables + graphs
            names = (path.relative_to(options.out).as_posix() for path in files)
            (options.out / LIST).write_text("\n".join(names) + "\n", "utf-8")
    except MartsError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
