"""Records that stand inside other JSON objects become flat ones, with dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from refugee_adaptation.crawl.layouts import Layout


def unfold(
    element: Mapping[str, Any], layouts: Sequence[Layout]
) -> Iterator[tuple[Layout, dict[str, Any]]]:
    """Yield the records inside an object.

    Args:
        element: the object.
        layouts: those that say where their records stand (`within`).

    Yields:
        For each record its layout, and its known values by dotted name, such as
        `data.user.user_id`. A reply follows the comment that it stands in, whose id is
        its `root_id`; the values of the object itself are those of every record in it.
    """
    if not any(isinstance(value, dict) for value in element.values()):
        return
    for layout in layouts:
        path = layout.within or ""
        outer = {x: y for x, y in element.items() if not isinstance(y, dict | list)}
        known = set(layout.columns)
        for item in _items(element, path.split(".")):
            for part in _with_replies(item, layout.replies):
                flat = outer | dict(_flat(part, path))
                if layout.matches(flat):
                    yield layout, {x: y for x, y in flat.items() if x in known}


def _items(value: Any, path: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects at a path, each of a list."""
    if isinstance(value, list):
        for item in value:
            yield from _items(item, path)
    elif isinstance(value, dict) and path:
        yield from _items(value.get(path[0]), path[1:])
    elif isinstance(value, dict):
        yield value


def _with_replies(
    item: Mapping[str, Any], replies: str | None
) -> Iterator[Mapping[str, Any]]:
    """Yield a comment, then those that stand in it."""
    waiting = [(item, item.get("id"))]
    while waiting:
        part, root = waiting.pop(0)
        yield part if part is item else {**part, "root_id": root}
        inner = part.get(replies) if replies else None
        if isinstance(inner, list):
            waiting[:0] = [(x, part.get("id")) for x in inner if isinstance(x, dict)]


def _flat(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{path}.{name}")
        else:
            yield f"{path}.{name}", inner
