"""From the setting `crawl` to a list of files, each with a name safe to publish."""

from __future__ import annotations

import glob
import itertools
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from refugee_adaptation.crawl.sheets import CrawlError
from refugee_adaptation.wording.messages import message

DATA_SUFFIXES = frozenset(
    {
        ".csv",
        ".db",
        ".gz",
        ".json",
        ".jsonl",
        ".ndjson",
        ".parquet",
        ".sqlite",
        ".sqlite3",
        ".tsv",
        ".xls",
        ".xlsx",
        ".zip",
    }
)
"""In a folder or a glob, a file with one of these must be read or stops the build,
unless it is plainly none of ours: see `PassedOver`."""

_SIDE_FILES = ("-wal", "-shm", "-journal")
"""SQLite's own files beside a database."""

# MediaCrawler counts the words of its comments into the folder `words`
_WORD_COUNTS = "_word_freq.json"

# the folders in which MediaCrawler keeps what it crawls elsewhere, beside `xhs`
_OTHER_PLATFORMS = frozenset(
    {
        "bili",
        "bilibili",
        "douyin",
        "dy",
        "kuaishou",
        "ks",
        "tieba",
        "wb",
        "weibo",
        "zhihu",
    }
)

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
    def other_platform(self) -> str | None:
        """The folder of another platform in which the file stands, or None."""
        folders = self.source_file.split("/")[:-1]
        return next((x for x in folders if x.lower() in _OTHER_PLATFORMS), None)

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


@dataclass(frozen=True)
class PassedOver:
    """Something in a folder that is not read.

    Attributes:
        name: its path below the crawl's root; a folder's ends with a slash.
        reason: why, a message (see `wording.messages`).
    """

    name: str
    reason: str


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


def find_files(
    setting: str | Sequence[str],
) -> tuple[list[CrawlFile], list[PassedOver]]:
    """Find the files of a crawl.

    Folders are searched to any depth. Hidden files, files that are plainly no data
    (notes, pictures, word counts), and what is no regular file (a pipe would be waited
    for without end) are passed over there. A file found twice counts once.

    Args:
        setting: see `split_setting`. Relative paths start at the current folder,
            which is the project's folder when dbt runs.

    Returns:
        The files, in order of `source_file`, and what was passed over, by name.

    Raises:
        CrawlError: a path does not exist, is no file or cannot be opened, a glob finds
            nothing, or there is no data file at all.
    """
    items = split_setting(setting)
    if not items:
        raise CrawlError(
            "The setting `crawl` is empty; expected a file, a folder or a glob."
        )
    found: dict[Path, tuple[int, Path, str]] = {}
    passed: dict[str, str] = {}
    for number, item in enumerate(items, start=1):
        try:
            root, paths, is_named = _expand(item)
        except OSError as error:
            raise CrawlError(
                f"The crawl `{item}` cannot be opened: {error.strerror}."
            ) from error
        for path in paths:
            name = _written(path.relative_to(root))
            reason = None if is_named else _why_not(path)
            if is_named and not path.is_file():
                raise CrawlError(
                    f"The crawl `{_written(path)}` is no regular file; expected a "
                    "file, a folder or a glob."
                )
            if reason is None:
                found.setdefault(path.resolve(), (number, path, name))
            elif not path.name.endswith(_SIDE_FILES):
                passed[name + "/" * path.is_dir()] = reason
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
    return (
        sorted(files, key=lambda file: file.source_file),
        [PassedOver(*x) for x in sorted(passed.items())],
    )


def _why_not(path: Path) -> str | None:
    """Tell why something in a folder is not read, as a message; None where it is."""
    if _is_hidden(path) or path.suffix.lower() not in DATA_SUFFIXES or path.is_dir():
        return message("skip_no_data")
    if path.name.endswith(_WORD_COUNTS):
        return message("skip_word_counts")
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        # a link to nothing, or to itself
        return message("skip_broken_link")
    return None if is_file else message("skip_no_file")


def _written(path: Path) -> str:
    """Write a path as text; bytes that are no UTF-8 as they would stand in code."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


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
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.is_dir() and not path.is_symlink() and not _is_hidden(path):
                waiting.append(path)
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
