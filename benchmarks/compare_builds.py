"""Compare two built databases table by table: did a change of the code change results?

    python benchmarks/compare_builds.py before.duckdb after.duckdb [--renamed old=new]

Tables are matched by name, wherever their schema stands, and rows by their values, in
any order. Floating-point numbers are equal to nine significant digits. A line is
printed for every table that differs; the exit status is 1 if any row of a table in both
differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

TABLES = """
    select table_name, schema_name
    from duckdb_tables()
    where database_name = ? and not temporary
"""
COLUMNS = """
    select column_name, data_type
    from duckdb_columns()
    where database_name = ? and schema_name = ? and table_name = ?
"""


def written(column: str, data_type: str) -> str:
    """The expression that writes a value so that equal values are written equally."""
    if data_type in ("DOUBLE", "FLOAT"):
        return f"printf('%.9g', \"{column}\" + 0.0)"
    return f'"{column}"::varchar'


def differing(
    connection: duckdb.DuckDBPyConnection, before: str, after: str, columns: list[str]
) -> tuple[int, int]:
    """Rows that only one side has, before and after, duplicates counted."""
    chosen = ", ".join(columns)
    counts = []
    for one, other in ((before, after), (after, before)):
        row = connection.execute(
            f"select count(*) from (select {chosen} from {one} "
            f"except all select {chosen} from {other})"
        ).fetchone()
        assert row is not None
        counts.append(int(row[0]))
    return counts[0], counts[1]


def compare(before: Path, after: Path, renamed: dict[str, str]) -> int:
    """Print what differs and return how many tables have differing rows."""
    connection = duckdb.connect()
    sides = {}
    for alias, path in (("before", before), ("after", after)):
        connection.execute(f"attach '{path}' as {alias} (read_only)")
        sides[alias] = dict(connection.execute(TABLES, [alias]).fetchall())
    changed = same = 0
    found = {renamed.get(name, name) for name in sides["before"]}
    for name in sorted(set(sides["after"]) - found):
        print(f"new       {name}")
    for name, schema in sorted(sides["before"].items()):
        now = renamed.get(name, name)
        if now not in sides["after"]:
            print(f"gone      {name}")
            continue
        places = (f"before.{schema}.{name}", f"after.{sides['after'][now]}.{now}")
        types = [
            dict(connection.execute(COLUMNS, place.split(".")).fetchall())
            for place in places
        ]
        both = [column for column in types[0] if column in types[1]]
        notes = [f"-{column}" for column in types[0] if column not in types[1]]
        notes += [f"+{column}" for column in types[1] if column not in types[0]]
        columns = {column: written(column, types[0][column]) for column in both}
        counts = differing(connection, *places, list(columns.values()))
        if any(counts):
            changed += 1
            where = [
                column
                for column, expression in columns.items()
                if any(differing(connection, *places, [expression]))
            ]
            notes.append(f"values differ in {', '.join(where) or 'combinations'}")
            notes.insert(0, f"{counts[0]} and {counts[1]} rows")
            print(f"different {name}: {'; '.join(notes)}")
        elif notes:
            print(f"columns   {name}: {' '.join(notes)}")
        else:
            same += 1
    print(f"{same} tables are the same, {changed} have other rows")
    return changed


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--renamed", nargs="*", default=[], metavar="OLD=NEW")
    arguments = parser.parse_args()
    renamed = dict(pair.split("=", 1) for pair in arguments.renamed)
    sys.exit(bool(compare(arguments.before, arguments.after, renamed)))


if __name__ == "__main__":
    main()
