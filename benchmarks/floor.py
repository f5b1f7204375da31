"""What a build costs without dbt: its SQL, Python models and checks in one process.

    python benchmarks/floor.py TARGET DATABASE CRAWL

TARGET is the target folder of a whole `dbt build` into a new database, whose compiled
code is run here in the same order, into DATABASE, which must have the file name of that
database and not exist. Prints one line of JSON: CPU seconds of this process and the
number of tables, checks and failed checks.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import types
from pathlib import Path
from typing import Any

import duckdb

from refugee_adaptation import sql_functions
from refugee_adaptation.crawl.keys import choose_key
from refugee_adaptation.crawl.reading import read_crawl

ROOT = Path(__file__).resolve().parent.parent
MEMORY = "crawl_in_memory"


def connect(database: Path, crawl: str) -> duckdb.DuckDBPyConnection:
    """Open the database as the profile does, with the crawl beside it in memory."""
    connection = duckdb.connect(str(database))
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach ':memory:' as {MEMORY}")
    sql_functions.register(connection)
    key = choose_key(is_sample=True, database=str(database))
    connection.execute("set variable pseudonym_key = ?", [key])
    for name, table in read_crawl(crawl).tables.items():
        connection.register("arrived", table)
        connection.execute(f"create table {MEMORY}.main.{name} as from arrived")
        connection.unregister("arrived")
    return connection


def make(
    connection: duckdb.DuckDBPyConnection, node: dict[str, Any], code: str
) -> int | None:
    """Make a table, or run a check and return the rows that fail it."""
    relation = node["relation_name"]
    if node["resource_type"] == "test":
        [(failures,)] = connection.execute(
            f"select count(*) from ({code}) as failures"
        ).fetchall()
        return int(failures)
    if node["resource_type"] == "seed":
        path = ROOT / node["original_file_path"]
        columns = node["config"]["column_types"]
        made = connection.read_csv(str(path), header=True, dtype=columns)
        made.create(relation)
    elif node["language"] == "python":
        module = types.ModuleType(node["name"])
        exec(compile(code, node["original_file_path"], "exec"), module.__dict__)
        made = module.model(
            module.dbtObj(lambda name: connection.query(f"from {name}")), connection
        )
        connection.register("made", made)
        connection.execute(f"create table {relation} as from made")
        connection.unregister("made")
    else:
        connection.execute(f"create table {relation} as {code}")
    return None


def main() -> int:
    """Run what was compiled; the exit status is 1 where a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("crawl")
    asked = parser.parse_args()
    os.chdir(ROOT)
    nodes = json.loads((asked.target / "manifest.json").read_text())["nodes"]
    ran = json.loads((asked.target / "run_results.json").read_text())["results"]
    connection = connect(asked.database, asked.crawl)
    wanted = [
        (nodes[one["unique_id"]], one["compiled_code"])
        for one in ran
        if one["unique_id"] in nodes
        and nodes[one["unique_id"]]["resource_type"] in ("seed", "model", "test")
    ]
    for schema in {node["schema"] for node, _ in wanted if node["relation_name"]}:
        connection.execute(f"create schema if not exists {schema}")
    tables, failed = 0, []
    for node, code in wanted:
        failures = make(connection, node, code)
        tables += failures is None
        if failures:
            failed.append(node["name"])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                "tables": tables,
                "checks": len(wanted) - tables,
                "failed": failed,
            }
        )
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
