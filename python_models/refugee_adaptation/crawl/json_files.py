"""JSON as crawlers write it: one array of objects, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from refugee_adaptation.crawl.sheets import CrawlError, Record, Sheet, as_text
from refugee_adaptation.wording.messages import message

_SPACE = " \t\r\n\ufeff"


class _Number(str):
    """A JSON number, kept as it was written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_Number
)


def open_sheets(text: str, encoding: str) -> list[Sheet]:
    """Open the text of a JSON or JSON Lines file.

    Args:
        text: the whole file.
        encoding: how it was decoded, carried along.

    Returns:
        One sheet. What cannot be read as an object is a record with a problem.

    Raises:
        CrawlError: not one object can be read, objects are nested beyond reason, or an
            array breaks off, so that nobody knows how many records follow.
    """
    is_array = text.lstrip(_SPACE).startswith("[")
    try:
        records = list(_array(text) if is_array else _lines(text))
    except RecursionError as error:
        raise CrawlError("its JSON is nested too deeply") from error
    columns: dict[str, None] = {}
    for record in records:
        columns.update(dict.fromkeys(record.values))
    if not records:
        return [Sheet(columns=(), encoding="none", is_empty=True)]
    if not columns:
        raise CrawlError("no JSON object in it can be read")
    return [
        Sheet(columns=list(columns), encoding=encoding, records=lambda: iter(records))
    ]


def _array(text: str) -> Iterator[Record]:
    position = _skip(text, text.index("[") + 1)
    while position < len(text) and text[position] != "]":
        try:
            element, position = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise _broken_array(error.lineno) from error
        yield _record(element)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _broken_array(text.count("\n", 0, position) + 1)


def _broken_array(line: int) -> CrawlError:
    return CrawlError(
        f"its JSON array breaks in line {line}, and what follows there would be lost"
    )


def _lines(text: str) -> Iterator[Record]:
    try:
        # an object written over several lines
        yield _record(_DECODER.decode(text.strip(_SPACE)))
        return
    except json.JSONDecodeError:
        pass
    # not splitlines: text may hold other characters that Unicode calls line ends
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip(_SPACE)
        if not stripped:
            continue
        try:
            yield _record(_DECODER.decode(stripped))
        except json.JSONDecodeError:
            yield Record({}, message("read_broken_json", line=number))


def _record(element: Any) -> Record:
    if not isinstance(element, dict):
        return Record({}, message("read_no_object"))
    return Record({as_text(key): _value(value) for key, value in element.items()})


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


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position
