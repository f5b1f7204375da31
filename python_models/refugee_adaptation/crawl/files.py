"""From the setting `crawl` to a list of files, each with a name safe to publish."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections import Counter
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
        is_named: True when the setting names this very file.
    """

    path: Path
    source_file: str
    is_named: bool

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
        items = [setting] if Path(setting).exists() else setting.split(os.pathsep)
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
        CrawlError: a path does not exist, a glob finds nothing, or there is no data
            file at all.
    """
    items = split_setting(setting)
    if not items:
        raise CrawlError(
            "The setting `crawl` is empty; expected a file, a folder or a glob."
        )
    found: dict[Path, tuple[Path, str, bool]] = {}
    skipped: list[str] = []
    for item in items:
        root, paths, is_named = _expand(item)
        for path in paths:
            name = path.relative_to(root).as_posix()
            if is_named or path.suffix.lower() in DATA_SUFFIXES:
                found.setdefault(path.resolve(), (path, name, is_named))
            else:
                skipped.append(name)
    if not found:
        raise CrawlError(
            f"The crawl `{' '.join(items)}` holds no data file; expected one of "
            f"{', '.join(sorted(DATA_SUFFIXES))}."
        )
    files = [
        CrawlFile(path, name, is_named)
        for (path, _, is_named), name in zip(
            found.values(), _distinct_names(list(found.values())), strict=True
        )
    ]
    return sorted(files, key=lambda file: file.source_file), sorted(set(skipped))


def _expand(item: str) -> tuple[Path, list[Path], bool]:
    """Return an item's root, its files, and whether it names one very file."""
    path = Path(item).expanduser()
    if path.is_file():
        return path.parent, [path], True
    if path.is_dir():
        return path, list(_walk(path)), False
    if not glob.has_magic(item):
        raise CrawlError(
            f"The crawl `{item}` does not exist; expected a file, a folder or a glob "
            "(relative paths start at the project's folder)."
        )
    plain = list(itertools.takewhile(lambda x: not glob.has_magic(x), path.parts))
    root = Path(*plain)
    pattern = str(Path(*path.parts[len(plain) :]))
    # a folder that the glob names stands for its files
    paths = [
        x
        for match in sorted(root.glob(pattern))
        if not any(part.startswith(".") for part in match.relative_to(root).parts)
        for x in _walk(match)
    ]
    if not paths:
        raise CrawlError(f"The crawl `{item}` is a glob that finds no file.")
    return root, paths, False


def _walk(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder, name)


def _distinct_names(files: Sequence[tuple[Path, str, bool]]) -> list[str]:
    """Name files of several roots apart, without telling where the roots are."""
    names = [name for _, name, _ in files]
    counts = Counter(names)
    return [
        f"{number}/{name}" if counts[name] > 1 else name
        for number, name in enumerate(names, start=1)
    ]
