"""Messages, and the sentences they make: a code and its values, worded at the edge.

Tables measure and hand on messages: JSON objects with a `code` and values. The words
stand once, in the project's seeds: `reasons` has a sentence per code in each language,
`claims` what each claim says (codes `claims.<claim_id>.<sentence, metric or null>`). A
value may be a message itself, or a list of messages, which are joined.

A `{value}` in a sentence may have a format: those of Python, and `percent`, `p` and
`number` as the report writes them; `capital` begins with a capital letter, `point` ends
with a full stop. A missing value leaves nothing.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from refugee_adaptation.shared.seeds import seed_rows
from refugee_adaptation.wording.numbers import MINUS, number, p_value, percent

LANGUAGES = ("en", "zh")
# between the messages of a list
SEPARATORS = {"en": "; ", "zh": "\uff1b"}
CLAIM_TEXTS = ("sentence", "metric", "null")

# what ends a sentence, in either language
FULL_STOPS = {"en": ".", "zh": "\u3002"}
STOPS = ".!?\u3002\uff01\uff1f"
WRITERS: Mapping[str, Callable[[Any], str]] = {
    "number": number,
    "p": p_value,
    "percent": percent,
    "capital": lambda words: words[:1].upper() + words[1:],
}


def message(code: str, **values: object) -> str:
    """Make a message.

    Args:
        code: what it says, a code of the seeds.
        values: what stands in the braces: numbers, texts, or messages.

    Returns:
        The message as the tables hold it, JSON.
    """
    return json.dumps({"code": code, **values}, ensure_ascii=False, default=float)


def nested(written: str | None) -> Any:
    """Read a message again, to be a value of another."""
    return None if written is None else json.loads(written)


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Read every sentence that a message can become.

    Returns:
        Wording by language, by code.

    Raises:
        ValueError: a code stands twice.
    """
    found: dict[str, dict[str, str]] = {}

    def add(code: str, wording: dict[str, str]) -> None:
        if code in found:
            raise ValueError(f"the code {code} has two sentences")
        found[code] = wording

    for row in seed_rows("reasons"):
        add(row["reason_code"], _wordings(row, "sentence"))
    for row in seed_rows("claims"):
        for text in CLAIM_TEXTS:
            add(f"claims.{row['claim_id']}.{text}", _wordings(row, text))
    return found


def say(written: str | None, language: str) -> str | None:
    """Word a message.

    Args:
        written: the message, or None.
        language: `en` or `zh`.

    Returns:
        The sentence; None for no message.

    Raises:
        KeyError: the seeds have no such code, or the message lacks a value.
    """
    return None if written is None else _worded(json.loads(written), language)


def _wordings(row: dict[str, str], text: str) -> dict[str, str]:
    return {language: row[f"{text}_{language}"] for language in LANGUAGES}


def _worded(value: Any, language: str) -> str:
    if isinstance(value, list):
        parts = [_worded(part, language) for part in value if part is not None]
        return SEPARATORS[language].join(parts)
    if not isinstance(value, dict):
        return "" if value is None else str(value)
    return _Sentence(language).vformat(sentences()[value["code"]][language], (), value)


class _Sentence(string.Formatter):
    """Fills a sentence in; what is nested is worded in the same language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, dict | list):
            value = _worded(value, self.language)
        if value is None:
            return ""
        if format_spec == "point":
            return str(value).rstrip(STOPS) + FULL_STOPS[self.language]
        if format_spec in WRITERS:
            return WRITERS[format_spec](value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            # a count in a sentence has its thousands apart, and a minus is no hyphen
            spec = format_spec or ("," if isinstance(value, int) else "")
            return format(value, spec).replace("-", MINUS)
        return format(value, format_spec)
