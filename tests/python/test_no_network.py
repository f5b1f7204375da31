"""Builds, the page, exports and the docs ask no network for anything.

Every build of the tests runs where there is none (`conftest.without_network`), if this
machine lets a process give up its network.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import without_network


@pytest.fixture(autouse=True)
def needs_a_namespace() -> None:
    if not without_network():
        pytest.skip("this machine gives a process no network namespace of its own")


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*without_network(), sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_really_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asks = f"import socket; socket.create_connection({server.getsockname()!r})"
        assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0
        done = alone("-c", asks)
    assert done.returncode == 1
    assert "unreachable" in done.stderr


def test_the_page_and_exports_are_written_without_one(built, tmp_path: Path) -> None:
    database = str(built("single"))
    page, folder = tmp_path / "report.html", tmp_path / "exports"
    for module, out in (("report", page), ("export", folder)):
        name = f"refugee_adaptation.{module}"
        done = alone("-m", name, "--db", database, "--out", str(out))
        assert (done.returncode, done.stderr) == (0, "")
    assert page.stat().st_size > 10_000
    assert list(folder.glob("parquet/*.parquet"))
