"""Every column of every stored table is described, and some rule can find it wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from project_files import described, models, parents

Described = dict[str, dict[str, Any]]
# what `column_rules` checks by the name of a number
NAMED_RULE = re.compile(r"(_count|_share|p_value)$")


def is_stored(name: str) -> bool:
    """Whether a model or seed is a table; what is not has no test."""
    path = models().get(name)
    return path is None or "ephemeral" not in path.read_text("utf-8").split("with")[0]


def code_of(name: str) -> str:
    """The SQL of a model, or nothing: what a Python model hands on is its own."""
    path = models().get(name)
    return path.read_text("utf-8") if path is not None and path.suffix == ".sql" else ""


def words(of: object) -> set[str]:
    """The words of an expression, or of anything that holds expressions."""
    return set(re.findall(r"\w+", str(of)))


def has_own_rule(entry: dict[str, Any], column: dict[str, Any]) -> bool:
    """Whether a rule, a constraint, a test or the type of a table is about a column."""
    config = entry.get("config", {}).get("meta", {})
    return bool(
        column.get("config", {}).get("meta")
        or column.get("constraints")
        or column.get("data_tests")
        or NAMED_RULE.search(column["name"])
        # true, false or null: a rule could say no more
        or column.get("data_type") in ("boolean", "double")
        or column["name"]
        in words([config.get("grain"), config.get("rules"), entry.get("data_tests")])
    )


def uncovered(
    tables: Described,
    read_by: dict[str, set[str]],
    code: Callable[[str], str] = code_of,
) -> set[tuple[str, str]]:
    """Columns that nothing checks, here or where they are inherited from unchanged."""

    def covered(table: str, column: dict[str, Any]) -> bool:
        entry, name = tables[table], column["name"]
        if "rules_hold" in entry.get("data_tests", []) and has_own_rule(entry, column):
            return True
        text = code(table)
        if not text or re.search(rf"\bas {name}\b", text):
            return False
        sources = [
            (parent, inherited)
            for parent in read_by.get(table, set()) & set(tables)
            for inherited in tables[parent].get("columns", [])
            if inherited["name"] == name
        ]
        return bool(sources) and all(covered(*source) for source in sources)

    return {
        (table, column["name"])
        for table, entry in tables.items()
        for column in entry.get("columns", [])
        if not covered(table, column)
    }


def test_every_stored_table_has_its_rules_tested() -> None:
    stored = {name for name in [*models(), *described()] if is_stored(name)}
    tested = {
        name
        for name, entry in described().items()
        if "rules_hold" in entry.get("data_tests", [])
    }
    assert stored - tested == set()


def test_every_table_and_column_is_described() -> None:
    missing = [
        (name, column["name"])
        for name, entry in described().items()
        for column in [entry, *entry.get("columns", [])]
        if not column.get("description", "").strip()
    ]
    assert missing == []


def test_every_column_has_a_rule() -> None:
    tables = {name: entry for name, entry in described().items() if is_stored(name)}
    assert uncovered(tables, parents()) == set()


MADE = {"name": "made", "data_tests": ["rules_hold"]}
RULED = {"name": "x", "config": {"meta": {"range": [0, 1]}}}


@pytest.mark.parametrize(
    ("tables", "code", "expected"),
    [
        ({"made": MADE | {"columns": [RULED]}}, "", set()),
        ({"made": MADE | {"columns": [{"name": "x"}]}}, "", {("made", "x")}),
        ({"made": {"columns": [RULED]}}, "", {("made", "x")}),
        (
            {"made": MADE | {"columns": [RULED]}, "read": {"columns": [{"name": "x"}]}},
            "select x",
            set(),
        ),
        (
            {"made": MADE | {"columns": [RULED]}, "read": {"columns": [{"name": "x"}]}},
            "select 2 * x as x",
            {("read", "x")},
        ),
        (
            {"made": MADE | {"columns": [{"name": "x"}]}, "read": MADE},
            "select x",
            {("made", "x")},
        ),
    ],
)
def test_an_unchecked_column_would_be_found(
    tables: Described, code: str, expected: set[tuple[str, str]]
) -> None:
    read_by = {"read": {"made"}}
    codes = {"read": code}
    assert uncovered(tables, read_by, lambda name: codes.get(name, "")) == expected
