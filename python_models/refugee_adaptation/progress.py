"""What a whole build says while it runs: every few seconds one line, not two a table.

dbt writes a line when a table is begun and one when it is done, some seven hundred for
this project. They stay in `logs/dbt.log`; the terminal is told how far the build is,
what runs and how long the rest took the last time. Failures and warnings are always
shown, and `dbt --debug build` shows every line.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

#: Seconds between two lines, or this share of the time since the start if that is more.
EVERY = 10.0
_SHARE = 0.1
#: The most tables and tests that a line names.
_NAMED = 3
#: Events of dbt's that a whole build shows no more, unless they are warnings or worse.
_EACH_NODE = {
    "LogStartLine",
    "LogModelResult",
    "LogTestResult",
    "LogSeedResult",
    "LogNodeNoOpResult",
    "LogHookStartLine",
    "LogHookEndLine",
    "SkippingDetails",
}
# of DuckDB, after an error that it cannot recover from, such as a full disk
_LOST = "database has been invalidated"
_DONE = _EACH_NODE - {"LogStartLine", "LogHookStartLine", "LogHookEndLine"}


class Terminal:
    """Chooses which of dbt's events a whole build shows in the terminal."""

    def __init__(self) -> None:
        """Begin with a database that can be written."""
        self._is_lost = False

    def shows(self, event: EventMsg) -> bool:
        """Say whether an event is shown.

        A stack of calls is for the log, of Ctrl-C dbt has said one sentence before, and
        of a database that can be written no more, every node complains that is left.
        """
        name, text = event.info.name, str(getattr(event.info, "msg", ""))
        if name == "MainStackTrace" or (
            name == "MainEncounteredError" and not event.data.exc
        ):
            return False
        if _LOST in text:
            was_lost, self._is_lost = self._is_lost, True
            return not was_lost
        if name not in _EACH_NODE:
            return True
        return event.info.level in ("warn", "error") and not self._is_lost


def earlier_seconds(run_results: Path) -> dict[str, float]:
    """Read how long each table and test took in the last run.

    Args:
        run_results: dbt's `run_results.json`, which need not be there.

    Returns:
        Seconds by the node's id; empty where there was no run or it cannot be read.
    """
    try:
        results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
        return {each["unique_id"]: float(each["execution_time"]) for each in results}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


class Progress:
    """Follows the events of one build and says every few seconds how far it is."""

    def __init__(
        self,
        earlier: Mapping[str, float],
        say: Callable[[str], object] = lambda line: fire_event(Note(msg=line)),
        clock: Callable[[], float] = time.monotonic,
        every: float = EVERY,
    ) -> None:
        """Begin when the first table does.

        Args:
            earlier: seconds that each node took the last time, by its id.
            say: what a line is given to.
            clock: seconds from any fixed moment.
            every: seconds between two lines; more in a build that takes long.
        """
        self._earlier = dict(earlier)
        self._say, self._clock, self._every = say, clock, every
        self._lock = threading.Lock()
        self._began: float | None = None
        self._total = 0
        self._running: dict[str, tuple[str, float]] = {}
        self._done: set[str] = set()
        self._ended = threading.Event()

    def see(self, event: EventMsg) -> None:
        """Take note of an event: a node begins, a node is done, the run has ended."""
        name: str = event.info.name
        if name in ("FinishedRunningStats", "CommandCompleted"):
            self._ended.set()
        elif name == "LogStartLine":
            self._begin(event.data.node_info, int(event.data.total))
        elif name in _DONE:
            self._end(event.data.node_info.unique_id)

    def line(self) -> str | None:
        """Say how far the build is; None before it began and when nothing runs."""
        with self._lock:
            if self._began is None or not self._running:
                return None
            now = self._clock()
            longest = sorted(self._running.values(), key=lambda one: (one[1], one[0]))
            running = ", ".join(
                f"{name} ({_spell(now - since)})" for name, since in longest[:_NAMED]
            )
            parts = [
                f"{len(self._done)} of {self._total} done in "
                f"{_spell(now - self._began)}",
                f"running {running}",
            ]
            left = self._left(now)
            if left is not None:
                parts.append(f"about {_spell(left)} left")
            return "; ".join(parts)

    def _begin(self, node: Any, total: int) -> None:
        with self._lock:
            now = self._clock()
            if self._began is None:
                self._began = now
                threading.Thread(
                    target=self._tell, name="progress", daemon=True
                ).start()
            self._total = total
            self._running[node.unique_id] = (node.node_name, now)

    def _end(self, node_id: str) -> None:
        with self._lock:
            self._running.pop(node_id, None)
            self._done.add(node_id)

    def _left(self, now: float) -> float | None:
        """What the rest took the last time, at the pace of this build."""
        spent = {one: now - since for one, (_, since) in self._running.items()}
        past = sum(self._earlier.get(one, 0.0) for one in self._done)
        past += sum(min(spent[one], self._earlier.get(one, 0.0)) for one in spent)
        is_alike = 0.8 <= len(self._earlier) / self._total <= 1.25
        if self._began is None or not past or not is_alike:
            return None
        rest = sum(
            max(seconds - spent.get(one, 0.0), 0.0)
            for one, seconds in self._earlier.items()
            if one not in self._done
        )
        return rest * (now - self._began) / past

    def _tell(self) -> None:
        began = self._clock()
        while not self._ended.wait(max(self._every, _SHARE * (self._clock() - began))):
            line = self.line()
            if line is not None:
                self._say(line)


def _spell(seconds: float) -> str:
    """Write a duration as people do: 8 s, 1 min 10 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"
