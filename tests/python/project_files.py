"""The project as files: its models, what they read, and what their YAML says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conftest import ROOT

SQL = ROOT / "dbt_project" / "models"
PYTHON = ROOT / "python_models"
PACKAGE = "refugee_adaptation"
REFERENCE = re.compile(r"""\bref\(\s*["'](\w+)["']\s*\)""")
LAYERS = {"stg": "staging", "int": "intermediate"}


@cache
def models() -> dict[str, Path]:
    """Every model, by name."""
    python = (path for path in PYTHON.glob("*/*.py") if path.parent.name != PACKAGE)
    return {path.stem: path for path in [*SQL.rglob("*.sql"), *python]}


def layer(path: Path) -> str:
    """The layer of a model: its name tells it, its schema, or that Python makes it."""
    if path.stem.split("_")[0] in LAYERS:
        return LAYERS[path.stem.split("_")[0]]
    is_python = path.suffix == ".py"
    schema = described().get(path.stem, {}).get("config", {}).get("schema")
    if schema == "methods" or (is_python and schema is None):
        return "methods"
    return "results" if is_python else "marts"


def stored_marts() -> set[str]:
    """The marts that are tables of the built database."""
    return {
        name
        for name, path in models().items()
        if layer(path) in ("marts", "results")
        and 'materialized="ephemeral"' not in path.read_text("utf-8")
    }


def parents_in(text: str) -> set[str]:
    """The models and seeds that the code of a model reads."""
    return set(REFERENCE.findall(text))


@cache
def parents() -> dict[str, set[str]]:
    """What each model reads, by name."""
    return {
        name: parents_in(path.read_text("utf-8")) for name, path in models().items()
    }


@cache
def described() -> dict[str, dict[str, Any]]:
    """What the YAML says of every model and seed, by name."""
    found: dict[str, dict[str, Any]] = {}
    for path in [*SQL.rglob("*.yml"), *ROOT.glob("seeds/*.yml")]:
        content = yaml.safe_load(path.read_text("utf-8"))
        for entry in [*content.get("models", []), *content.get("seeds", [])]:
            found[entry["name"]] = entry
    return found
