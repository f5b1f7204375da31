"""The worked examples of the documentation apply, build and answer."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import duckdb
import pytest

from conftest import ROOT

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("new_*.md"))
MOST_FILES = 3
COPIED = ("dbt_project", "python_models", "seeds", "analyses", "tests/data")
CRAWL = ROOT / "docs" / "examples" / "new_crawl_format.md"


@cache
def blocks(example: Path, language: str) -> tuple[str, ...]:
    """The fenced blocks of a language in an example."""
    fence = rf"^```{language}\n(.*?)^```$"
    return tuple(
        re.findall(fence, example.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )


def changed_files(example: Path) -> list[str]:
    """The files that the diff of an example touches."""
    (diff,) = blocks(example, "diff")
    return re.findall(r"^\+\+\+ b/(.+)$", diff, re.MULTILINE)


def run(*command: str, folder: Path, stdin: str = "", **settings: str) -> str:
    """Run a command in a copy of the project; fails with what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | settings,
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, said[-4000:] + done.stderr.decode()
    return said


def apply(example: Path, folder: Path, *options: str) -> None:
    """Apply the diff of an example to a copy of the project."""
    (diff,) = blocks(example, "diff")
    # git must not take the folder for a part of another repository
    outside = str(folder.parent)
    run(
        *("git", "apply", *options, "-"),
        folder=folder,
        stdin=diff,
        GIT_CEILING_DIRECTORIES=outside,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without the sample."""
    folder = tmp_path_factory.mktemp("worked") / "project"
    ignored = shutil.ignore_patterns("__pycache__", "sample", "sample_truth")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for path in (*ROOT.glob("*.yml"), ROOT / ".dbtignore"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def worked(project: Path) -> Path:
    """The database that all examples together build of the new format's crawl.

    One build serves all, because starting dbt costs more than these tables do.
    """
    changed = project.with_name("changed")
    shutil.copytree(project, changed)
    selected: set[str] = set()
    for example in EXAMPLES:
        apply(example, changed)
        for line in "".join(blocks(example, "sh")).replace("\\\n", "").splitlines():
            words = shlex.split(line)
            if words[:2] == ["dbt", "build"]:
                selected |= {word for word in words if word.startswith("+")}
    (crawl,) = blocks(CRAWL, "csv")
    (changed / "demo.csv").write_text(crawl, encoding="utf-8")
    run(
        *(str(Path(sys.executable).with_name("dbt")), "build", "--warn-error"),
        *("--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "buildable", "--select", *sorted(selected)),
        folder=changed,
        ADAPTATION_CRAWL="demo.csv",
        ADAPTATION_DB="worked.duckdb",
        ADAPTATION_PSEUDONYM_KEY="the key of a test, long enough to be one",
        DO_NOT_TRACK="1",
        NO_COLOR="1",
        PYTHONPATH=str(changed / "python_models"),
    )
    return changed / "worked.duckdb"


def named(example: Path) -> str:
    return example.stem


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_touches_few_files(example: Path) -> None:
    assert 1 <= len(changed_files(example)) <= MOST_FILES


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_applies_alone(example: Path, project: Path) -> None:
    apply(example, project, "--check")


def test_a_diff_of_another_tree_would_be_found(project: Path, tmp_path: Path) -> None:
    stale = tmp_path / "stale.md"
    (diff,) = blocks(EXAMPLES[0], "diff")
    lines = [f"{line} once" if line[:1] == " " else line for line in diff.splitlines()]
    stale.write_text("```diff\n" + "\n".join(lines) + "\n```\n", "utf-8")
    with pytest.raises(AssertionError, match="does not apply"):
        apply(stale, project, "--check")


@pytest.mark.pipeline
@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_builds_and_its_query_answers(example: Path, worked: Path) -> None:
    queries = blocks(example, "sql")
    assert queries
    with duckdb.connect(str(worked), read_only=True) as connection:
        for query in queries:
            assert connection.execute(query).fetchall(), query


@pytest.mark.pipeline
def test_the_crawl_of_the_new_format_is_read_as_its_example_says(worked: Path) -> None:
    said = run(
        *(sys.executable, "-m", "refugee_adaptation", "check", "demo.csv"),
        folder=worked.parent,
        PYTHONPATH=str(worked.parent / "python_models"),
    )
    # no notes: every column was read
    lines = [line.split() for line in said.splitlines()]
    assert ["demo.csv", "demo_crawler", "posts", "3"] in lines
    with duckdb.connect(str(worked), read_only=True) as connection:

        def answer(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        counts = "raw_count, accepted_count, rejected_count"
        assert answer(f"select {counts} from crawl_rows where entity = 'post'") == [
            (3, 2, 1)
        ]
        assert "unreadable like_count" in str(answer("from rejected_rows"))
        likes = "like_count, is_like_count_censored"
        assert answer(f"select {likes} from fct_posts order by 1") == [
            (12, False),
            (1000, True),
        ]
