"""JSON as crawlers write it: arrays and objects, whole, glued together or cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from refugee_adaptation.crawl import limits
from refugee_adaptation.crawl.nested import unfold
from refugee_adaptation.crawl.sheets import CrawlError, Record, Sheet, as_text
from refugee_adaptation.wording.messages import message

if TYPE_CHECKING:
    from refugee_adaptation.crawl.layouts import Layout

# between records: white space, and what holds a list of them together
_SPACE = " \t\r\n\ufeff"
_BETWEEN = re.compile(r"[ \t\r\n\ufeff,\[\]]*")
_LINE = re.compile(r"[^\n]*")
# where a record may begin: in its line, or elsewhere
_BEGIN = re.compile(r"^[ \t\r,\[\]]*(?P<own>[{\[])|(?P<inner>\{)", re.MULTILINE)
_INDENT = re.compile(r"[ \t]*")
_SHARED_KEYS = 0.5
"""Behind a fault, an object with so many of a record's keys is a record, and no part
of the broken one."""


class _Number(str):
    """A JSON number, kept as it was written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_Number
)


def open_sheets(
    text: str,
    encoding: str,
    find_layout: Callable[[Collection[str], str | None], Layout | None],
    nested: Sequence[Layout] = (),
) -> list[Sheet]:
    """Open the text of a JSON or JSON Lines file.

    Args:
        text: the whole file.
        encoding: how it was decoded, carried along.
        find_layout: recognises columns.
        nested: layouts whose records stand inside the objects.

    Returns:
        One sheet; of objects with records inside, one per layout. What cannot be read
        as an object is a record with a problem.

    Raises:
        CrawlError: not one object can be read.
    """
    plain: list[Record] = []
    inner: dict[Layout, list[Record]] = {}
    for record in _records(text, nested):
        if record.layout is None:
            plain.append(record)
        else:
            inner.setdefault(record.layout, []).append(record)
    columns = _columns(plain)
    if inner and find_layout(columns, None) is None:
        # what is no record of this file belongs to its first sheet, and is not lost
        first = next(iter(inner.values()))
        other = message("read_other_shape")
        first += [Record({}, record.problem or other) for record in plain]
        plain = []
    elif not plain and _is_closed(text):
        return [Sheet(columns=(), encoding="none", is_empty=True)]
    elif not columns:
        raise CrawlError("no JSON object in it can be read")
    return [
        Sheet(columns=_columns(of), encoding=encoding, records=partial(iter, of))
        for of in (plain, *inner.values())
        if of
    ]


def _columns(records: Sequence[Record]) -> list[str]:
    columns: dict[str, None] = {}
    for record in records:
        columns.update(dict.fromkeys(record.values))
    return list(columns)


def _records(text: str, nested: Sequence[Layout]) -> Iterator[Record]:
    """Yield every record, and one with a problem for every part that is none.

    Brackets and commas between records are passed over, so arrays and objects may
    follow each other in any way. Behind a fault reading goes on where the next record
    begins: in a line that begins one no further to the right, or at an object that has
    the keys of a record.
    """
    keys: set[str] = set()
    counted, line, in_vain = 0, 1, 0
    position = _skip(text, 0)
    was_broken = False
    while position < len(text):
        line += text.count("\n", counted, position)
        counted = position
        try:
            element, stop = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            fault = getattr(error, "pos", position)
            stop, looked_at = _next_begin(text, position, fault, keys)
            in_vain += looked_at + _cost(position, error)
            was_broken = True
            if isinstance(error, RecursionError):
                yield Record({}, message("read_nested", most=limits.NESTED))
            else:
                yield Record({}, message("read_broken_json", line=line))
        else:
            was_broken = False
            found = list(_inner_records(element, text, position, stop, nested))
            if found and found[-1].problem is None:
                keys = set(element) or keys
            yield from found
        position = _skip(text, stop)
        if in_vain > limits.FAULTY_CHARACTERS:
            yield from _single_lines(text, position, line, nested)
            return
    begins_array = text.lstrip(_SPACE).startswith("[")
    if begins_array and keys and not was_broken and not _is_closed(text):
        yield Record({}, message("read_array_cut", line=line))


def _single_lines(
    text: str, position: int, line: int, nested: Sequence[Layout]
) -> Iterator[Record]:
    """Take every further line for itself, in a file that has too many faults."""
    for number, written in enumerate(text[position:].split("\n"), start=line + 1):
        part = written.strip(_SPACE + ",[]")
        if not part:
            continue
        try:
            element = _DECODER.decode(part)
            yield from _inner_records(element, part, 0, len(part), nested)
        except (json.JSONDecodeError, RecursionError):
            yield Record({}, message("read_broken_json", line=number))


def _inner_records(
    element: Any, text: str, start: int, stop: int, nested: Sequence[Layout]
) -> Iterator[Record]:
    """Yield the records inside an object, or itself where it holds none."""
    record = _record(element, text, start, stop)
    is_inside = False
    if record.problem is None:
        for answer in _answers(element):
            for layout, values in unfold(answer, nested):
                is_inside = True
                written = {as_text(x): _value(y) for x, y in values.items()}
                yield Record(written, layout=layout)
    if not is_inside:
        yield record


def _answers(element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an object, or those that an answer (JSON-RPC) holds as text."""
    try:
        texts = [part["text"] for part in element["result"]["content"]]
        found = [_DECODER.decode(text) for text in texts]
    except (KeyError, TypeError, json.JSONDecodeError, RecursionError):
        found = [element]
    yield from (answer for answer in found if isinstance(answer, dict))


def _record(element: Any, text: str, start: int, stop: int) -> Record:
    if not isinstance(element, dict):
        return Record({}, message("read_no_object"))
    if _is_nested(element, text, start, stop):
        return Record({}, message("read_nested", most=limits.NESTED))
    return Record({as_text(key): _value(value) for key, value in element.items()})


def _skip(text: str, position: int) -> int:
    return _end(_BETWEEN, text, position)


def _end(run: re.Pattern[str], text: str, position: int) -> int:
    """Where a run of characters ends, which may be empty."""
    found = run.match(text, position)
    return found.end() if found else position


def _cost(start: int, error: json.JSONDecodeError | RecursionError) -> int:
    """Say to how many characters a failed attempt amounts."""
    if isinstance(error, RecursionError):
        return 100_000
    # the error counts all lines before it
    return error.pos - start + error.pos // 10 + 10_000


def _is_closed(text: str) -> bool:
    return text.rstrip(_SPACE + ",").endswith("]")


def _next_begin(text: str, start: int, fault: int, keys: set[str]) -> tuple[int, int]:
    """Find where the next record begins behind a broken one.

    Args:
        text: the whole file.
        start: where the broken record begins.
        fault: where it breaks.
        keys: those of the last record, none before the first.

    Returns:
        The place, the end of the text where there is none, and to how many characters
        the search amounts.
    """
    line_start = text.rfind("\n", 0, start) + 1
    indent = _width(text, line_start)
    fault_end = _end(_LINE, text, fault)
    looked_at = 0
    for found in _BEGIN.finditer(text, start + 1):
        place = found.end() - 1
        is_own = (
            found["own"] is not None
            and found.start() > line_start
            and _width(text, found.start()) <= indent
        )
        if looked_at > limits.FAULTY_CHARACTERS:
            if is_own:
                return place, looked_at
            continue
        if not is_own and (place > fault_end or not keys):
            continue
        try:
            element, stop = _DECODER.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError) as error:
            looked_at += _cost(place, error)
            if is_own:
                return place, looked_at
            continue
        looked_at += stop - place
        if not isinstance(element, dict):
            if is_own:
                return place, looked_at
        elif len(keys & set(element)) >= _SHARED_KEYS * len(keys):
            return place, looked_at
    return len(text), looked_at


def _width(text: str, line_start: int) -> int:
    return _end(_INDENT, text, line_start) - line_start


def _is_nested(element: Any, text: str, start: int, stop: int) -> bool:
    """Tell whether lists and objects stand inside one another beyond the limit."""
    brackets = text.count("{", start, stop) + text.count("[", start, stop)
    if brackets <= limits.NESTED:
        return False
    layer = [element]
    for _ in range(limits.NESTED):
        layer = [
            item
            for value in layer
            for item in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(item, dict | list)
        ]
        if not layer:
            return False
    return True


def _value(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return as_text(value)
    return as_text(_nested(value))


def _nested(value: Any) -> str:
    """Write a list or an object back as JSON, its numbers as they were."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{_nested(key)}: {_nested(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)
