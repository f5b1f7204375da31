"""A build writes beside the database, and takes its place when it is whole.

So who reads the results during a build, or after one that was killed, reads those of
the build before. Where `adaptation.duckdb` is the database, a build works on
`adaptation.duckdb.building`, a copy of it; `adaptation.duckdb.lock` is held by the one
build that runs. A build is whole when every table that it was to make is made, whatever
the tests say of them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

#: Commands of dbt's that make tables.
MAKE_TABLES = {"build", "run", "seed", "snapshot", "retry"}


#: Size and time of change of a database and of its log; None where there is no file.
_State = tuple[tuple[int, int] | None, ...] | None


class SwapError(Exception):
    """The place beside the database cannot be used; its text says why."""


class Swap:
    """The files of one build.

    Attributes:
        database: The file that readers open.
        building: The file that the build writes.
    """

    def __init__(self, database: Path) -> None:
        """Name the files; nothing is touched yet.

        Args:
            database: The DuckDB file, which need not be there. Of a link, what it
                leads to is replaced, not the link.
        """
        self.database = Path(os.path.realpath(database.expanduser()))
        self.building = _beside(self.database, ".building")
        self._lock: IO[str] | None = None
        self._is_whole = False
        self._copied: _State = None

    def begin(self, *, goes_on: bool = False) -> None:
        """Take the lock and copy the database.

        Args:
            goes_on: Whether the build repeats what failed in the one before, whose file
                is then taken up if it is there.

        Raises:
            SwapError: Another build runs, or the folder cannot be written to.
        """
        self._take()
        self._is_whole = False
        self._copied = _state(self.database)
        if goes_on and self.building.exists():
            return
        self._remove()
        try:
            for copied in (Path, _log):
                if copied(self.database).exists():
                    shutil.copyfile(copied(self.database), copied(self.building))
        except OSError as error:
            self._remove()
            raise SwapError(
                f"The database {self.database} cannot be copied to {self.building}: "
                f"{error.strerror}."
            ) from error
        if _state(self.database) != self._copied:
            self._remove()
            raise SwapError(
                f"Something writes to {self.database} at this moment; close it there."
            )

    def discard(self) -> None:
        """Remove what a build that was not whole left behind.

        Raises:
            SwapError: A build runs, or the folder cannot be written to.
        """
        self._take()
        self._remove()
        self._free()

    def keep(self) -> bool:
        """Take note that every table is made.

        Returns:
            True, as SQL wants a value.
        """
        self._is_whole = True
        return True

    def end(self) -> str | None:
        """Let the build take the database's place if it is whole, and free the lock.

        Nothing may be connected to the build's file any more.

        Returns:
            What to say of a build that is not whole; None of a whole one.
        """
        if self._lock is None:
            return None
        said = None
        if not self.building.exists():
            said = "Nothing was built."
        elif not self._is_whole:
            was = "is as it was" if self.database.exists() else "does not exist yet"
            said = (
                f"The build is not whole: {self.database} {was}; the tables that were "
                f"made are in {self.building}."
            )
        elif _log(self.building).exists():
            said = (
                f"The build is whole, but something holds its file open; it is in "
                f"{self.building}."
            )
        elif _state(self.database) != self._copied:
            said = (
                f"{self.database} was changed while the build ran and is left as it "
                f"is; the build is in {self.building}."
            )
        else:
            # the log is in the copy: beside the new file it would be another's
            _log(self.database).unlink(missing_ok=True)
            self.building.replace(self.database)
        self._free()
        return said

    def _take(self) -> None:
        lock = _beside(self.database, ".lock")
        try:
            held = lock.open("a+", encoding="utf-8")
        except OSError as error:
            raise SwapError(
                f"The database {self.database} cannot be written: {error.strerror} "
                f"({lock})."
            ) from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.seek(0)
            raise SwapError(
                f"Another build of {self.database} runs (process {held.read()}); wait "
                "for it, or set ADAPTATION_DB to another file."
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        self._lock = held

    def _free(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _remove(self) -> None:
        self.building.unlink(missing_ok=True)
        _log(self.building).unlink(missing_ok=True)


def follow(
    swap: Swap, close: Callable[[], None], say: Callable[[str], object]
) -> Callable[[Any], None]:
    """End a swap with the command of dbt's in which it began.

    Args:
        swap: A swap that has begun.
        close: Closes what is connected to the build's file.
        say: Is given what a reader is to know.

    Returns:
        What to call with every event of dbt's.
    """

    def see(event: Any) -> None:
        if event.info.name == "CommandCompleted":
            close()
            said = swap.end()
            if said is not None:
                say(said)

    return see


def _beside(database: Path, ending: str) -> Path:
    return database.with_name(database.name + ending)


def _log(database: Path) -> Path:
    """DuckDB's write-ahead log of a file."""
    return _beside(database, ".wal")


def _state(database: Path) -> _State:
    """Tell whether somebody wrote to a database in between."""
    return tuple(
        (file.stat().st_size, file.stat().st_mtime_ns) if file.exists() else None
        for file in (database, _log(database))
    )
