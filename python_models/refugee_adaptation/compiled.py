"""Run what dbt compiled without dbt: one process, one database, in dbt's own order.

dbt takes twenty seconds to start; the SQL and Python models of a small crawl take few.
Who builds hundreds of crawls compiles the project once (:func:`compile_project`) and
runs its steps on every crawl (:class:`Database`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from refugee_adaptation import sql_functions
from refugee_adaptation.builds import PROJECT
from refugee_adaptation.crawl.keys import set_key
from refugee_adaptation.crawl.reading import read_crawl

MEMORY = "crawl_in_memory"
"""Name of the database that holds the raw crawl, as in `profiles.yml`."""

#: Verdicts of `findings`.
SUPPORTED = "supported"
REFUSED = "not identifiable on this crawl"

#: Models that cost seconds, and the claims that cannot be judged without them.
HEAVY: dict[str, tuple[str, ...]] = {
    "study_correction": ("study_recipe_finds_groups",),
    "topic_model_selection": ("topics_exist", "study_topics_cohere"),
    "adaptation_model_selection": (
        "adaptation_groups_exist",
        "group_cultural_adapter",
        "group_imitator",
        "group_social_explorer",
    ),
    # what cannot be made without rows of the models above
    "adaptation_groups": (
        "engagement_predicts_retention",
        "interaction_diversity_retention",
    ),
    "tie_community_nulls": (),
    "community_model_checks": (),
    "tie_communities": (
        "communities_hashtags",
        "communities_replies",
        "centrality_is_influence_hashtags",
        "centrality_is_influence_replies",
    ),
    "recommendation_trials": (
        "recommendations_above_popularity",
        "recommendations_above_recent_popularity",
    ),
    "survival_curves": ("newcomers_stay",),
    "retention_model_scores": ("prediction_retained", "prediction_repeat_post"),
}


@dataclass(frozen=True)
class Step:
    """One compiled node of the project.

    Attributes:
        name: Its name.
        kind: `seed`, `model` or `test`.
        is_python: Whether it is a Python model.
        schema: The schema of its table.
        relation: Full name of its table; None where it has none.
        columns: Declared type of every column.
        path: The file it comes from, below the project's folder.
        code: Compiled code; of a seed empty.
        parents: Names of the nodes it reads.
    """

    name: str
    kind: str
    is_python: bool
    schema: str
    relation: str | None
    columns: Mapping[str, str]
    path: str
    code: str
    parents: tuple[str, ...]

    @property
    def has_table(self) -> bool:
        """Whether it makes one: tests and models inside others do not."""
        return self.kind != "test" and self.relation is not None


def read_steps(target: Path) -> list[Step]:
    """Read what a `dbt build` or `dbt compile` left, in the order in which it ran.

    Args:
        target: dbt's target folder.

    Returns:
        Seeds, models and data tests; every one after its parents.
    """
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    ran = json.loads((target / "run_results.json").read_text())["results"]
    return [
        _step(nodes[one["unique_id"]], one["compiled_code"], nodes)
        for one in ran
        if nodes.get(one["unique_id"], {}).get("resource_type")
        in ("seed", "model", "test")
    ]


def _step(node: dict[str, Any], code: str | None, nodes: dict[str, Any]) -> Step:
    types_of = {
        name: str(column.get("data_type") or "varchar")
        for name, column in node["columns"].items()
    }
    if node["resource_type"] == "seed":
        types_of |= node["config"]["column_types"]
    return Step(
        name=node["name"],
        kind=node["resource_type"],
        is_python=node.get("language") == "python",
        schema=node["schema"],
        relation=node["relation_name"],
        columns=types_of,
        path=node["original_file_path"],
        code=code or "",
        parents=tuple(
            nodes[parent]["name"]
            for parent in node["depends_on"].get("nodes", ())
            if parent in nodes
        ),
    )


def needed_for(
    steps: Sequence[Step], wanted: Collection[str], without: Collection[str] = ()
) -> list[Step]:
    """Select some models and what they need.

    Args:
        steps: As :func:`read_steps` gives them.
        wanted: Names of models.
        without: Names of models that are not to be made, so that what only they need
            is not made either; they themselves stay in the selection.

    Returns:
        The selection, in the order of `steps`.

    Raises:
        ValueError: There is no model of that name.
    """
    unknown = {*wanted, *without} - {step.name for step in steps}
    if unknown:
        raise ValueError(f"not compiled: {', '.join(sorted(unknown))}")
    needed = set(wanted)
    for step in reversed(steps):
        if step.name in needed and step.name not in without:
            needed.update(step.parents)
    return [step for step in steps if step.name in needed and step.kind != "test"]


def run_dbt(arguments: Sequence[str], database: Path, **settings: str) -> Path:
    """Run dbt on the project, in folders beside a database.

    Args:
        arguments: The command and its options.
        database: The database; settings of the user's own shell do not reach dbt.
        settings: Environment variables.

    Returns:
        The target folder.

    Raises:
        RuntimeError: The project's folder is not there, or dbt fails.
    """
    if not (PROJECT / "dbt_project.yml").exists():
        raise RuntimeError(
            f"whole crawls are judged end to end and need the project's folder; "
            f"there is no dbt_project.yml in {PROJECT}"
        )
    target = database.parent / "target"
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ADAPTATION_", "DBT_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments],
        cwd=PROJECT,
        env=clean
        | {
            "ADAPTATION_DB": str(database),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(database.parent / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
            "NO_COLOR": "1",
        }
        | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"dbt {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr}"
        )
    return target


def compile_project(folder: Path, select: str, settings: Mapping[str, Any]) -> Path:
    """Compile the project.

    Args:
        folder: Where dbt may write.
        select: What to compile, as `dbt compile --select` takes it.
        settings: Variables of `dbt_project.yml` to override.

    Returns:
        The target folder, for :func:`read_steps`; its tables are to be made in a
        database of the name `compiled`.

    Raises:
        RuntimeError: As :func:`run_dbt`.
    """
    return run_dbt(
        [
            *("compile", "--quiet"),
            *("--select", select, "--vars", json.dumps(dict(settings))),
            *("--exclude", "resource_type:test", "resource_type:unit_test"),
        ],
        folder / "compiled.duckdb",
    )


class Database:
    """A database in which compiled steps run.

    Attributes:
        connection: The connection, with the functions that SQL calls.
    """

    def __init__(self, path: Path | None, tables: Mapping[str, pa.Table], key: str):
        """Open it as the profile does, with the crawl beside it in memory.

        Args:
            path: A new file with the name of the database that was compiled for; None
                for a database `compiled` in memory.
            tables: The crawl, as `read_crawl` gives its tables.
            key: The key of the pseudonyms.
        """
        self.connection = duckdb.connect(":memory:" if path is None else str(path))
        run = self.connection.execute
        run("set TimeZone = 'UTC'")
        run(f"attach ':memory:' as {MEMORY}")
        if path is None:
            run("attach ':memory:' as compiled")
            run("use compiled")
        sql_functions.register(self.connection)
        set_key(self.connection, key)
        for name, table in tables.items():
            self.connection.register("arrived", table)
            run(f"create table {MEMORY}.main.{name} as from arrived")
            self.connection.unregister("arrived")

    def make(self, steps: Sequence[Step], empty: Collection[str] = ()) -> list[str]:
        """Run steps.

        Args:
            steps: In an order in which parents come first.
            empty: Models whose tables are made without rows, from the declared types.

        Returns:
            Names of the tests among the steps that found rows.
        """
        for schema in sorted({step.schema for step in steps if step.has_table}):
            self.connection.execute(f"create schema if not exists {schema}")
        failed = []
        for step in steps:
            if step.has_table:
                self._make(step, is_empty=step.name in empty)
            elif step.kind == "test" and self._failures(step):
                failed.append(step.name)
        return failed

    def _failures(self, test: Step) -> int:
        """Rows that a test finds."""
        [(failures,)] = self.connection.execute(
            f"select count(*) from ({test.code}) as failures"
        ).fetchall()
        return int(failures)

    def _make(self, step: Step, *, is_empty: bool) -> None:
        run = self.connection.execute
        if is_empty:
            columns = ", ".join(
                f'"{name}" {kind}' for name, kind in step.columns.items()
            )
            run(f"create table {step.relation} ({columns})")
        elif step.kind == "seed":
            made = self.connection.read_csv(
                str(PROJECT / step.path), header=True, dtype=dict(step.columns)
            )
            made.create(str(step.relation))
        elif step.is_python:
            module = types.ModuleType(step.name)
            # the project's own code, as dbt compiled it
            exec(compile(step.code, step.path, "exec"), module.__dict__)
            handle = module.dbtObj(lambda name: self.connection.query(f"from {name}"))
            self.connection.register("made", module.model(handle, self.connection))
            run(f"create table {step.relation} as from made")
            self.connection.unregister("made")
        else:
            run(f"create table {step.relation} as {step.code}")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def build_table(
    crawl: Path,
    steps: Sequence[Step],
    name: str,
    key: str,
    empty: Collection[str] = (),
) -> pd.DataFrame:
    """Build steps on a crawl, in memory and on one thread.

    Args:
        crawl: Its folder.
        steps: What the table needs, in order, and the table.
        name: Schema and name of the table.
        key: The key of the pseudonyms.
        empty: Models that are left without rows.

    Returns:
        The table.
    """
    database = Database(None, read_crawl(str(crawl)).tables, key)
    with threadpool_limits(limits=1):
        database.connection.execute("set threads = 1")
        database.make(steps, empty)
    made = database.connection.table(name).df()
    database.close()
    return made
