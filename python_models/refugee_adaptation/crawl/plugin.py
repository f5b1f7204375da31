"""The dbt-duckdb plugin: gives dbt the crawl as sources, and SQL the pseudonym key.

In `profiles.yml`::

    plugins:
      - module: refugee_adaptation.crawl.plugin
        config:
          crawl: "{{ var('crawl', '') }}"

A source names it with `config: {meta: {plugin: plugin}}`. SQL reads the key with
`getvariable('pseudonym_inner_pad')`, in tables only: a view would outlive the key.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import SourceConfig
from dbt.flags import get_flags
from dbt_common.events.base_types import EventLevel, EventMsg
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id
from duckdb.sqltypes import BOOLEAN
from threadpoolctl import threadpool_limits

from refugee_adaptation import sql_functions
from refugee_adaptation.crawl.files import split_setting
from refugee_adaptation.crawl.forgotten import forgotten_users, set_forgotten
from refugee_adaptation.crawl.inventory import describe
from refugee_adaptation.crawl.keys import choose_key, set_key
from refugee_adaptation.crawl.reading import Crawl, read_crawl
from refugee_adaptation.crawl.sheets import CrawlError
from refugee_adaptation.progress import Progress, Terminal, earlier_seconds
from refugee_adaptation.swap import MAKE_TABLES, Swap, SwapError, follow

BUNDLED_SAMPLE = "seeds/sample"
_RUNS_MODELS = {"build", "run", "retry"}


class Plugin(BasePlugin):
    """Reads the crawl once per dbt invocation, whatever the number of threads."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take the setting, and import what threads must not import at once.

        Args:
            plugin_config: `crawl` is the setting; blank means ADAPTATION_CRAWL, and
                where that is blank too the bundled sample. `columns` is the file of
                the setting `columns`; blank means ADAPTATION_COLUMNS.

        Raises:
            RuntimeError: another build writes the same database, or nobody can.
        """
        self._setting = _as_setting(
            plugin_config.get("crawl")
            or os.environ.get("ADAPTATION_CRAWL", "")
            or BUNDLED_SAMPLE
        )
        self._columns = str(plugin_config.get("columns") or "")
        self._lock = threading.Lock()
        self._crawl: Crawl | None = None
        self._invocation: str | None = None
        self._key: str | None = None
        self._swap: Swap | None = None
        self._forgotten: list[str] = []
        _skip_what_no_log_takes()
        if self.creds and self.creds.path != ":memory:":
            self._write_beside(self.creds)
        if _flag("WHICH") in _RUNS_MODELS:
            # a sum over two threads ends in other digits than a sum over one
            os.environ["OMP_NUM_THREADS"] = "1"
            # Python models on several threads race on imports that go in circles
            for package in ("sklearn", "sknetwork", "lifelines"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(package)
            threadpool_limits(limits=1)
            has_its_own_wish = _flag("SELECT") or _flag("DEBUG") or _flag("QUIET")
            if not has_its_own_wish and _flag("LOG_LEVEL") == "info":
                _show_progress()

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Register the functions of SQL, and read the crawl before a whole build.

        So that it stops with one sentence; other commands and selections read it when a
        model first asks for it.

        Args:
            conn: the new connection.

        Raises:
            RuntimeError: the crawl cannot be read, or the database has the name of
                the place in memory where its nicknames and tokens go.
        """
        sql_functions.register(conn)
        conn.create_function(
            "keep_build",
            lambda: self._swap is None or self._swap.keep(),
            [],
            BOOLEAN,
            side_effects=True,
        )
        self._refuse_a_file_named_as_memory()
        if _flag("WHICH") in _RUNS_MODELS and not _flag("SELECT"):
            try:
                self._read()
            except CrawlError as error:
                raise RuntimeError(str(error)) from error

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the key of the pseudonyms, and who is to be forgotten, on a cursor.

        Args:
            cursor: the new cursor.

        Raises:
            RuntimeError: no key can be chosen (see `keys.choose_key`), or the list of
                the forgotten cannot be read.
        """
        with self._lock:
            if self._key is None:
                database = self._database()
                try:
                    is_sample = _resolve(self._setting) == _resolve(BUNDLED_SAMPLE)
                    self._key = choose_key(
                        is_sample=is_sample,
                        database=database,
                        tell=_say,
                    )
                    self._forgotten = forgotten_users(database)
                except CrawlError as error:
                    raise RuntimeError(str(error)) from error
        set_key(cursor, self._key)
        set_forgotten(cursor, self._forgotten)

    def load(self, source_config: SourceConfig) -> pa.Table:
        """Give a source its table.

        Args:
            source_config: its identifier names the table.

        Returns:
            The table, all text but `_row_number`.

        Raises:
            DbtRuntimeError: the crawl cannot be read, or there is no such table.
        """
        try:
            tables = self._read().tables
        except CrawlError as error:
            raise DbtRuntimeError(str(error)) from error
        if source_config.identifier not in tables:
            raise DbtRuntimeError(
                f"The crawl has no table `{source_config.identifier}`; expected one of "
                f"{', '.join(tables)}."
            )
        return tables[source_config.identifier]

    def _write_beside(self, profile: DuckDBCredentials) -> None:
        """Let a command that makes tables work on a file of its own (see `swap`)."""
        if _flag("WHICH") not in MAKE_TABLES:
            return
        self._swap = Swap(Path(profile.path))
        try:
            self._swap.begin(goes_on=_flag("WHICH") == "retry")
        except SwapError as error:
            raise RuntimeError(str(error)) from error
        close = DuckDBConnectionManager.close_all_connections
        get_event_manager().callbacks.append(follow(self._swap, close, _warn))
        profile.path = str(self._swap.building)

    def _refuse_a_file_named_as_memory(self) -> None:
        """DuckDB would attach nothing, and the raw crawl would go to the file."""
        if self.creds is None:
            return
        database = self._database()
        name = Path(database).stem
        taken = [attached.alias for attached in self.creds.attach or []]
        if name in taken:
            raise RuntimeError(
                f"The database {database} cannot have the name `{name}`, under which "
                "the raw crawl is held in memory; choose another name."
            )

    def _database(self) -> str:
        """Path of the file that readers open, or `:memory:`."""
        if self._swap is not None:
            return str(self._swap.database)
        return self.creds.path if self.creds else ":memory:"

    def _read(self) -> Crawl:
        with self._lock:
            invocation = get_invocation_id()
            if self._crawl is None or self._invocation != invocation:
                self._crawl = read_crawl(self._setting, self._columns, _say)
                self._invocation = invocation
                _say("The crawl holds:\n" + describe(self._crawl))
            return self._crawl


def _say(line: str) -> None:
    fire_event(Note(msg=line))


def _warn(line: str) -> None:
    fire_event(Note(msg=line), level=EventLevel.WARN)


def _skip_what_no_log_takes() -> None:
    """Spare dbt to word the thousands of events that a log drops by their level."""
    for logger in get_event_manager().loggers:
        if logger.level != EventLevel.DEBUG:
            logger.filter = _both(logger.filter, _is_above_debug)


def _is_above_debug(event: EventMsg) -> bool:
    return bool(event.info.level != "debug")


def _show_progress() -> None:
    """Let the terminal follow a whole build by a few lines."""
    manager = get_event_manager()
    results = Path(_flag("TARGET_PATH") or "target") / "run_results.json"
    terminal = Terminal()
    manager.callbacks.append(Progress(earlier_seconds(results)).see)
    for logger in manager.loggers:
        if logger.name == "stdout_log":
            logger.filter = _both(logger.filter, terminal.shows)


def _both(
    first: Callable[[EventMsg], bool], second: Callable[[EventMsg], bool]
) -> Callable[[EventMsg], bool]:
    return lambda event: first(event) and second(event)


def _flag(name: str) -> Any:
    """Look up an option of the dbt command that runs; None when none does."""
    flags = get_flags()  # type: ignore[no-untyped-call]  # dbt gives it no types
    return getattr(flags, name, None)


def _as_setting(value: Any) -> str | list[str]:
    """Turn what YAML made of the setting into text: a folder may be named 2025."""
    return [str(item) for item in value] if isinstance(value, list) else str(value)


def _resolve(setting: str | Sequence[str]) -> list[Path]:
    """Make two spellings of one setting equal."""
    return [
        Path(os.path.normpath(Path(item).expanduser().absolute()))
        for item in split_setting(setting)
    ]
