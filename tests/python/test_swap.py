"""A build takes the place of the one before when it is whole, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from refugee_adaptation.swap import Swap, SwapError, follow


def write(path: Path, value: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create or replace table made as select {value} as value")


def read(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("select value from made").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "x.duckdb"
    write(path, 1)
    return path


def test_a_whole_build_takes_the_place(database: Path) -> None:
    swap = Swap(database)
    swap.begin()
    write(swap.building, 2)
    assert read(database) == 1
    swap.keep()
    assert swap.end() is None
    assert read(database) == 2
    assert not swap.building.exists()


def test_a_build_that_is_not_whole_changes_nothing(database: Path) -> None:
    swap = Swap(database)
    swap.begin()
    write(swap.building, 2)
    said = swap.end()
    assert read(database) == 1
    assert said is not None
    assert "is as it was" in said
    assert str(swap.building) in said


def test_what_a_killed_build_left_is_not_taken_over(database: Path) -> None:
    killed = Swap(database)
    killed.begin()
    write(killed.building, 2)
    Path(f"{killed.building}.wal").write_bytes(b"half a log")
    killed.end()
    swap = Swap(database)
    swap.begin()
    assert read(swap.building) == 1


def test_a_retry_goes_on_where_the_build_stopped(database: Path) -> None:
    failed = Swap(database)
    failed.begin()
    write(failed.building, 2)
    failed.end()
    swap = Swap(database)
    swap.begin(goes_on=True)
    assert read(swap.building) == 2


def test_what_a_build_left_can_be_discarded(database: Path) -> None:
    failed = Swap(database)
    failed.begin()
    with pytest.raises(SwapError, match="Another build"):
        Swap(database).discard()
    failed.end()
    assert failed.building.exists()
    Swap(database).discard()
    assert not failed.building.exists()
    assert read(database) == 1


def test_two_builds_at_once(database: Path) -> None:
    swap = Swap(database)
    swap.begin()
    with pytest.raises(SwapError, match=f"process {os.getpid()}"):
        Swap(database).begin()
    swap.end()
    Swap(database).begin()


def test_what_somebody_wrote_meanwhile_is_not_lost(database: Path) -> None:
    swap = Swap(database)
    swap.begin()
    write(swap.building, 2)
    write(database, 3)
    swap.keep()
    said = swap.end()
    assert read(database) == 3
    assert said is not None
    assert "was changed while the build ran" in said


def test_the_log_of_a_database_is_part_of_it(database: Path) -> None:
    writer = (
        f"import duckdb, os; c = duckdb.connect({str(database)!r}); "
        "c.execute('create or replace table made as select 4 as value'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", writer], check=False)
    assert Path(f"{database}.wal").exists()
    swap = Swap(database)
    swap.begin()
    write(swap.building, read(swap.building) + 1)
    swap.keep()
    assert swap.end() is None
    assert read(database) == 5


def test_a_link_stays_a_link(database: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.duckdb"
    link.symlink_to(database)
    swap = Swap(link)
    swap.begin()
    write(swap.building, 2)
    swap.keep()
    swap.end()
    assert link.is_symlink()
    assert read(database) == 2


def test_a_tilde_is_the_home(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(database.parent))
    assert Swap(Path("~/x.duckdb")).database == database


def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    with pytest.raises(SwapError, match="cannot be written: No such file"):
        Swap(tmp_path / "nowhere" / "x.duckdb").begin()


def test_the_end_of_a_command_ends_the_swap(database: Path) -> None:
    swap = Swap(database)
    swap.begin()
    write(swap.building, 2)
    said: list[str] = []
    closed: list[bool] = []
    see = follow(swap, lambda: closed.append(True), said.append)
    see(SimpleNamespace(info=SimpleNamespace(name="NodeFinished")))
    assert not closed
    see(SimpleNamespace(info=SimpleNamespace(name="CommandCompleted")))
    see(SimpleNamespace(info=SimpleNamespace(name="CommandCompleted")))
    assert len(said) == 1
    assert "not whole" in said[0]
