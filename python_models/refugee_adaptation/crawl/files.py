"""From the setting `crawl` to a list of files, each with a name safe to publish."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from refugee_adaptation.crawl.sheets import CrawlError

DATA_SUFFIXES = frozenset(
    {
        ".csv",
        ".db",
        ".json",
        ".jsonl",
        ".ndjson",
        ".parquet",
        ".sqlite",
        ".sqlite3",
        ".tsv",
        ".xls",
        ".xlsx",
    }
)
"""In a folder or a glob, a file with one of these must be read or stops the build."""

_SIDE_FILES = ("-wal", "-shm", "-journal")
"""SQLite's own files beside a database."""

_DATE_IN_NAME = re.compile(
    r"(?<![0-9a-zA-Z])(20\d\d)(?:-(\d\d)-(\d\d)|(\d\d)(\d\d))(?![0-9a-zA-Z])"
)


@dataclass(frozen=True)
class CrawlFile:
    """A file of the crawl.

    Attributes:
        path: where it is on this machine.
        source_file: its path below the crawl's root, in POSIX form; tells nothing
            of the machine.
    """

    path: Path
    source_file: str

    @property
    def captured_at(self) -> str | None:
        """The ISO date that the file's name holds, or None."""
        for year, month, day, month_, day_ in _DATE_IN_NAME.findall(self.path.stem):
            try:
                return date(
                    int(year), int(month or month_), int(day or day_)
                ).isoformat()
            except ValueError:
                continue
        return None


def split_setting(setting: str | Sequence[str]) -> list[str]:
    """Split the setting into files, folders and globs.

    Args:
        setting: one of these, a list, or several joined by the path separator of the
            system (a colon; on Windows a semicolon).

    Returns:
        The items, in the order given, without blanks.

    Raises:
        CrawlError: the setting is neither text nor a list of texts.
    """
    if isinstance(setting, str):
        items = [setting] if _exists(setting) else setting.split(os.pathsep)
    elif isinstance(setting, Sequence) and all(isinstance(x, str) for x in setting):
        items = list(setting)
    else:
        raise CrawlError(
            f"The setting `crawl` is {setting!r}; expected a file, a folder, a glob "
            "or a list of those."
        )
    return [item.strip() for item in items if item.strip()]


def find_files(setting: str | Sequence[str]) -> tuple[list[CrawlFile], list[str]]:
    """Find the files of a crawl.

    Folders are searched to any depth. Hidden files, and files that are plainly no
    data (notes, pictures), are passed over there. A file found twice counts once.

    Args:
        setting: see `split_setting`. Relative paths start at the current folder,
            which is the project's folder when dbt runs.

    Returns:
        The files, in order of `source_file`, and the names of those passed over.

    Raises:
        CrawlError: a path does not exist or cannot be opened, a glob finds nothing,
            or there is no data file at all.
    """
    items = split_setting(setting)
    if not items:
        raise CrawlError(
            "The setting `crawl` is empty; expected a file, a folder or a glob."
        )
    found: dict[Path, tuple[int, Path, str]] = {}
    skipped: set[str] = set()
    for number, item in enumerate(items, start=1):
        try:
            root, paths, is_named = _expand(item)
        except OSError as error:
            raise CrawlError(
                f"The crawl `{item}` cannot be opened: {error.strerror}."
            ) from error
        for path in paths:
            name = path.relative_to(root).as_posix()
            is_data = path.suffix.lower() in DATA_SUFFIXES and not path.is_dir()
            if is_named or (is_data and not _is_hidden(path)):
                found.setdefault(path.resolve(), (number, path, name))
            elif not path.name.endswith(_SIDE_FILES):
                skipped.add(name + "/" * path.is_dir())
    if not found:
        raise CrawlError(
            f"The crawl `{' '.join(items)}` holds no data file; expected one of "
            f"{', '.join(sorted(DATA_SUFFIXES))}."
        )
    # files of several roots may share a name: the number of their root tells them
    # apart without telling where the roots are
    is_shared = len({name for _, _, name in found.values()}) < len(found)
    files = [
        CrawlFile(path, f"{number}/{name}" if is_shared else name)
        for number, path, name in found.values()
    ]
    return sorted(files, key=lambda file: file.source_file), sorted(skipped)


def _expand(item: str) -> tuple[Path, list[Path], bool]:
    """Return an item's root, its files, and whether it names one very file."""
    if _exists(item):
        path = Path(item).expanduser()
        if path.is_dir():
            return path, list(_walk(path)), False
        return path.parent, [path], True
    if not glob.has_magic(item):
        raise CrawlError(
            f"The crawl `{item}` does not exist; expected a file, a folder or a glob "
            "(relative paths start at the project's folder)."
        )
    path = Path(item).expanduser()
    plain = list(itertools.takewhile(lambda x: not glob.has_magic(x), path.parts))
    root = Path(*plain)
    pattern = str(Path(*path.parts[len(plain) :]))
    # a folder that the glob names stands for its files
    paths = [
        x
        for match in sorted(root.glob(pattern))
        if not any(part.startswith(".") for part in match.relative_to(root).parts)
        for x in (_walk(match) if match.is_dir() else [match])
    ]
    if not paths:
        raise CrawlError(f"The crawl `{item}` is a glob that finds no file.")
    return root, paths, False


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what a folder holds; hidden and linked folders are not entered."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and not _is_hidden(path):
            yield from _walk(path)
        else:
            yield path


def _exists(item: str) -> bool:
    try:
        return Path(item).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        # too long for a path, or no path at all
        return False


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".")
