"""Compressed files and archives, opened in memory and only so far."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.sheets import CrawlError

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"


def open_parts(path: Path, suffixes: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive, or the one that a compressed file holds.

    Args:
        path: the file.
        suffixes: of an archive, the files with one of these are opened.

    Yields:
        The name within the archive, blank for a compressed file or a workbook (whose
        own content it is), and the content. Nothing for a file of another kind.

    Raises:
        CrawlError: it is damaged or locked, or holds more than the limit.
    """
    with path.open("rb") as file:
        head = file.read(4)
    try:
        if head.startswith(GZIP):
            with gzip.open(path) as opened:
                yield "", _read(opened)
        elif head == ZIP:
            yield from _members(path, suffixes)
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise CrawlError("the archive is damaged or locked") from error


def _members(path: Path, suffixes: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        if len(archive.namelist()) > limits.ARCHIVE_FILES:
            raise CrawlError(f"it holds more than {limits.ARCHIVE_FILES:,} files")
        if "xl/workbook.xml" in archive.namelist():
            # what is in it is counted, not believed
            left = limits.EXPANDED_BYTES
            for member in archive.infolist():
                with archive.open(member) as opened:
                    left -= _size(opened, left)
            yield "", path.read_bytes()
            return
        left = limits.EXPANDED_BYTES
        for member in archive.infolist():
            name = PurePosixPath(member.filename)
            is_hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
            if member.is_dir() or is_hidden or name.suffix.lower() not in suffixes:
                continue
            with archive.open(member) as opened:
                content = _read(opened, left)
            left -= len(content)
            yield str(name), content


def _read(opened: IO[bytes] | gzip.GzipFile, left: int | None = None) -> bytes:
    most = limits.EXPANDED_BYTES if left is None else left
    content = opened.read(most + 1)
    if len(content) > most:
        raise too_much(limits.EXPANDED_BYTES)
    return content


def _size(opened: IO[bytes], left: int) -> int:
    size = 0
    while part := opened.read(io.DEFAULT_BUFFER_SIZE * 16):
        size += len(part)
        if size > left:
            raise too_much(limits.EXPANDED_BYTES)
    return size


def too_much(most: int) -> CrawlError:
    """Word what is said of a file that unfolds to more than so many bytes."""
    return CrawlError(f"it unfolds to more than {most:,} bytes")
