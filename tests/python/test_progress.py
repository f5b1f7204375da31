"""What a build says while it runs, from events like those of dbt."""

import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from refugee_adaptation.progress import Progress, Terminal, earlier_seconds


def event(name, node="", level="info", total=4, text=""):
    node_info = SimpleNamespace(unique_id=f"model.{node}", node_name=node)
    return SimpleNamespace(
        info=SimpleNamespace(name=name, level=level, msg=text),
        data=SimpleNamespace(node_info=node_info, total=total),
    )


class Build:
    """A build whose clock the test moves."""

    def __init__(self, earlier=()):
        self.now = 0.0
        self.lines = []
        self.said = threading.Event()
        self.progress = Progress(
            dict(earlier), self._say, clock=lambda: self.now, every=0.01
        )

    def _say(self, line):
        self.lines.append(line)
        self.said.set()

    def see(self, name, node="", after=0.0):
        self.now += after
        self.progress.see(event(name, node))


EARLIER = {"model.a": 10.0, "model.b": 20.0, "model.c": 30.0, "model.d": 0.0}


def test_a_line_tells_what_is_done_what_runs_and_what_is_left():
    build = Build(EARLIER)
    assert build.progress.line() is None
    build.see("LogStartLine", "a")
    build.see("LogModelResult", "a", after=20)
    assert build.progress.line() is None
    build.see("LogStartLine", "b")
    build.now += 60
    # twice as slow as the last time: 20 of 60 seconds of then are 80 seconds of now
    assert build.progress.line() == (
        "1 of 4 done in 1 min 20 s; running b (1 min 0 s); about 1 min 20 s left"
    )
    build.see("CommandCompleted")


@pytest.mark.parametrize(
    "earlier", [{"model.a": 10.0}, EARLIER | {"model.e": 1.0, "model.f": 1.0}]
)
def test_the_rest_is_not_guessed_from_a_run_of_something_else(earlier):
    build = Build(earlier)
    build.see("LogStartLine", "a")
    build.see("LogModelResult", "a", after=20)
    build.see("LogStartLine", "b")
    assert build.progress.line() == "1 of 4 done in 20 s; running b (0 s)"
    build.see("CommandCompleted")


def test_lines_come_by_themselves_until_the_run_has_ended():
    build = Build()
    build.see("LogStartLine", "a")
    assert build.said.wait(5)
    assert build.lines[0].startswith("0 of 4 done in 0 s; running a (0 s)")
    build.see("FinishedRunningStats")
    for thread in threading.enumerate():
        if thread.name == "progress":
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("name", "level", "shown"),
    [
        ("LogStartLine", "info", False),
        ("LogTestResult", "info", False),
        ("LogTestResult", "error", True),
        ("LogTestResult", "warn", True),
        ("StatsLine", "info", True),
    ],
)
def test_lines_of_single_tables_are_shown_where_something_is_wrong(name, level, shown):
    assert Terminal().shows(event(name, level=level)) is shown


@pytest.mark.parametrize(
    ("name", "exc", "shown"),
    [
        ("MainStackTrace", "", False),
        ("MainEncounteredError", "", False),
        ("MainEncounteredError", "no such table", True),
    ],
)
def test_a_stack_of_calls_is_for_the_log(name, exc, shown):
    ended = event(name, level="error")
    ended.data.exc = exc
    assert Terminal().shows(ended) is shown


def test_a_database_that_is_lost_is_said_once():
    terminal = Terminal()
    said = "FATAL Error: database has been invalidated; Original error: disk full"
    assert terminal.shows(event("LogModelResult", level="error"))
    assert terminal.shows(event("GenericExceptionOnRun", level="error", text=said))
    assert not terminal.shows(event("GenericExceptionOnRun", level="error", text=said))
    assert not terminal.shows(event("LogModelResult", level="error"))
    assert terminal.shows(event("StatsLine"))


@pytest.mark.parametrize("text", [None, "", "[]", '{"results": [{}]}'])
def test_no_readable_earlier_run_is_no_earlier_run(tmp_path, text):
    path = tmp_path / "run_results.json"
    if text is not None:
        path.write_text(text)
    assert earlier_seconds(path) == {}


def test_an_earlier_run_is_read(tmp_path: Path):
    path = tmp_path / "run_results.json"
    results = [{"unique_id": "model.a", "execution_time": 2}]
    path.write_text(json.dumps({"results": results}))
    assert earlier_seconds(path) == {"model.a": 2.0}
