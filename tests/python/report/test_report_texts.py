"""The texts of the report: each is used, by the code or for a value of a mart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from refugee_adaptation.report.sections import SECTIONS
from refugee_adaptation.report.texts import texts

ROOT = Path(__file__).resolve().parents[3]
REPORT = ROOT / "python_models/refugee_adaptation/report"

# groups whose texts the code names one by one; those of other groups word what the
# marts hold
NAMED_GROUPS = {section.key for section in SECTIONS} | {
    "page",
    "common",
    "axis",
    "network",
    "short",
    "mark",
}


def _docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


@cache
def strings_of_the_report() -> tuple[str, ...]:
    """Every string of the report's code, SQL included, and its templates."""
    found = [path.read_text("utf-8") for path in (REPORT / "templates").iterdir()]
    for path in REPORT.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        described = _docstrings(tree)
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in described
        ]
    return tuple(found)


@cache
def words_of_the_project() -> frozenset[str]:
    """Every word of the models, the seeds and the package."""
    folders = {"dbt_project": "sql", "python_models": "py", "seeds": "csv"}
    return frozenset(
        word
        for folder, kind in folders.items()
        for path in (ROOT / folder).rglob(f"*.{kind}")
        for word in re.findall(r"\w+", path.read_text("utf-8"))
    )


def unused(keys: Iterable[str]) -> list[str]:
    """The texts that nothing uses.

    A key of a named group is in the code, whole or as a prefix and the rest; the head
    of a column is a name of a query; any other text words a value, whose words the
    project has.
    """
    strings = strings_of_the_report()
    project = words_of_the_project()
    everything = "\n".join(strings)
    prefixes = {words for words in strings if re.fullmatch(r"\w+\.\w*", words)}

    def said(words: str) -> bool:
        return bool(re.search(rf"\b{re.escape(words)}\b", everything))

    def used(key: str) -> bool:
        group, name = key.split(".", 1)
        if group == "column":
            return said(name) or said(f"{name}_en")
        if group == "glossary":
            # the page lists every term; each has its meaning
            return f"{group}.{name.removesuffix('_means')}_means" in texts()
        if group not in NAMED_GROUPS:
            # a model may join two words, such as a kind of tie and what it makes
            return all(
                word in project or set(word.split("_")) <= project
                for word in re.findall(r"\w+", name)
            )
        for part in (key, re.sub("_(title|lead)$", "", key)):
            for prefix in prefixes:
                if not part.startswith(prefix):
                    continue
                rest = part[len(prefix) :]
                # the rest may be put together from words, such as a verdict's
                words = [rest] if prefix.endswith(".") else rest.split("_")
                if said(rest.replace("_", " ")) or all(
                    said(word) or word in project for word in words if word
                ):
                    return True
        return name in {"title", "needs"} or said(key)

    return [key for key in keys if not used(key)]


def test_every_text_is_used() -> None:
    assert not unused(texts())


def test_a_text_that_nothing_uses_is_reported() -> None:
    for key in ("axis.no_such_axis", "column.no_such_column", "verdict.unheard of"):
        assert unused([key]) == [key]
    assert not unused(["axis.posts", "column.gini", "verdict.not supported"])
