"""The check of the installed packages forgives one line of `pip check`, and only it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from list_licences import licence, needed

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
DBT = re.search(r"^dbt-core==(\S+)", LOCK, re.MULTILINE).group(1)
GAP = f"dbt-core {DBT} requires dbt-core-experimental-parser, which is not installed.\n"
OTHER = "agate 1.9.1 requires babel, which is not installed.\n"
WRONG = "dbt-core 1.12.6 has requirement click>=8.3.0, but you have click 8.1.0.\n"


def installed(*settings: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", "installed", *settings],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def complain(tmp_path):
    def with_pip_check(said: str, status: int) -> subprocess.CompletedProcess[str]:
        (tmp_path / "said").write_text(said)
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\ncat "{tmp_path}/said"\nexit {status}\n')
        python.chmod(0o755)
        return installed(f"BIN={tmp_path}")

    return with_pip_check


def test_the_known_gap_passes(complain):
    assert complain(GAP, 1).returncode == 0


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (GAP + OTHER, 1),
        (OTHER + GAP, 1),
        (OTHER, 1),
        (WRONG, 1),
        (GAP.replace(DBT, "1.12.0"), 1),
        (GAP.replace(", which", ", of which"), 1),
        ("No broken requirements found.\n", 0),
        ("", 2),
    ],
)
def test_anything_else_fails_and_is_shown(complain, said, status):
    result = complain(said, status)

    assert result.returncode != 0
    assert said in result.stderr
    assert GAP in result.stderr


def test_this_environment_has_the_known_gap_alone():
    result = installed()

    assert result.returncode == 0, result.stderr


def test_the_lock_has_exact_versions_with_hashes_and_no_address():
    requirements = re.split(r"\n(?=\S)", LOCK.strip())

    assert all(re.match(r"[\w.-]+==\S+ .*\\\n", one) for one in requirements)
    assert all("--hash=sha256:" in one for one in requirements)
    assert "://" not in LOCK
    assert "dbt-core-experimental-parser" not in LOCK
    cli, library = (
        re.search(rf"^{name}==(\S+)", LOCK, re.MULTILINE).group(1)
        for name in ("duckdb-cli", "duckdb")
    )
    assert cli == library


def test_every_licence_is_listed_and_none_binds_the_project():
    listed = (ROOT / "docs" / "licences.md").read_text()
    for package in sorted(needed()):
        assert f"| {package} | {licence(package)} |" in listed
    own_terms = re.compile(r"GPL|General Public|Affero|EUPL|SSPL|Commercial", re.I)
    bound = [line for line in listed.splitlines() if own_terms.search(line)]
    # one of a choice of licences
    assert [line.split(" | ")[0] for line in bound if "|" in line] == [
        "| text-unidecode"
    ]
