"""Sentences, headings and labels in English and simplified Chinese."""

from __future__ import annotations

import html
import re
import string
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from markupsafe import Markup

# width of a label of a chart, in letters
MOST_WIDTH = 30
# marks a text of the crawl inside a chart: invisible, it only joins (U+2060)
JOINER = "\u2060"
LANGUAGES = {"en": "en", "zh": "zh-Hans"}
# groups whose English is a pattern of what the tables say in sentences
SENTENCE_GROUPS = ("sentence", "study", "finding")
# groups whose texts stand inside charts
CHART_GROUPS = (
    "axis",
    "feature",
    "group",
    "anomaly",
    "claim",
    "verdict",
    "metric",
    "tie_kind",
    "tie_null",
    "topic",
    "reason_code",
    "field",
    "strategy",
    "item_kind",
)


@cache
def texts() -> dict[str, dict[str, str]]:
    """Read every text of the report.

    A text of a sentence group may be its Chinese alone: its key is then the English.

    Returns:
        Wording by language code, by key such as `crawl.title`.

    Raises:
        ValueError: a text lacks one of the languages.
    """
    raw = tomllib.loads(files(__package__).joinpath("texts.toml").read_text("utf-8"))
    found: dict[str, dict[str, str]] = {}
    for group, entries in raw.items():
        for key, entry in entries.items():
            wording = [key, entry] if isinstance(entry, str) else entry
            if len(wording) != len(LANGUAGES):
                raise ValueError(f"{group}.{key} needs {len(LANGUAGES)} wordings")
            found[f"{group}.{key}"] = dict(zip(LANGUAGES, wording, strict=True))
    return found


def say(key: str, **values: object) -> Markup:
    """Word a text in every language; the page shows the one chosen.

    Args:
        key: group and name, such as `crawl.title`.
        values: what stands in the braces; escaped unless it is Markup.

    Returns:
        One `span` per language.

    Raises:
        KeyError: there is no such text.
    """
    return in_spans(
        {
            language: Markup(wording).format(**values)
            for language, wording in texts()[key].items()
        }
    )


def in_spans(wording: Mapping[str, str]) -> Markup:
    """Put the wordings of a text side by side; the page shows the one chosen.

    Args:
        wording: by language code; escaped unless it is Markup.

    Returns:
        One `span` per language.
    """
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(LANGUAGES[language], words)
        for language, words in wording.items()
    )


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every sentence as a pattern, that with the most fixed letters first."""
    found = []
    for key, wording in texts().items():
        if key.split(".")[0] not in SENTENCE_GROUPS:
            continue
        pattern, fixed = "", 0
        for literal, name, _, conversion in string.Formatter().parse(wording["en"]):
            words = r".+?" if conversion else r"(?:(?![A-Za-z]{2}).)+?"
            pattern += re.escape(literal) + (f"(?P<{name}>{words})" if name else "")
            fixed += len(literal)
        found.append((fixed, re.compile(pattern), wording["zh"]))
    found.sort(key=lambda sentence: -sentence[0])
    return tuple((pattern, chinese) for _, pattern, chinese in found)


@cache
def in_chinese(words: str) -> str | None:
    """Word in Chinese a sentence that a table has in English.

    The sentence must match a pattern of the texts as a whole, and so must each part of
    it that stands at a `{name!s}`, unless that has no English word. A `{name}` stands
    for what has none.

    Args:
        words: the sentence as the table has it.

    Returns:
        The Chinese, or None where the texts have none for it or for a part of it.
    """
    for pattern, chinese in _sentences():
        if not (found := pattern.fullmatch(words)):
            continue
        parts = {
            name: in_chinese(part) if re.search("[A-Za-z]{2}", part) else part
            for name, part in found.groupdict().items()
        }
        if None not in parts.values():
            return chinese.format(**parts)
    return None


def sentence(words: object) -> Markup:
    """Word a sentence of a table in every language.

    Args:
        words: the sentence as the table has it.

    Returns:
        One `span` per language, or the escaped English where there is no Chinese.
    """
    chinese = in_chinese(str(words))
    if chinese is None:
        return Markup.escape(str(words))
    return in_spans({"en": str(words), "zh": chinese})


def label(key: str) -> str:
    """Word a label of a chart; `in_every_language` words it again in the finished SVG.

    Args:
        key: group and name, such as `axis.posts`.

    Returns:
        The English wording.

    Raises:
        KeyError: there is no such text.
    """
    return texts()[key]["en"]


def term(group: str, value: object) -> Markup:
    """Word a value of a table, such as a verdict, where the texts have a word for it.

    Args:
        group: group of texts that holds the values.
        value: the value as the table has it.

    Returns:
        The wording in every language; without one, the value as a sentence.
    """
    key = f"{group}.{value}"
    return say(key) if key in texts() else sentence(value)


def chart_term(group: str, value: object) -> str:
    """Word a value for a chart, where the texts have a word for it.

    Args:
        group: group of texts that holds the values.
        value: the value as the table has it.

    Returns:
        The English wording, or the value itself.
    """
    key = f"{group}.{value}"
    return label(key) if key in texts() else str(value)


def verbatim(words: str, most: int = MOST_WIDTH) -> str:
    """Ready a text of the crawl for a chart: short, and never worded anew.

    The renderer cuts a long label between two halves of an emoji, and fails at that;
    so labels are cut here, and charts cut none.

    Args:
        words: text of the crawl.
        most: width that is kept, a Chinese character or an emoji counting as two.

    Returns:
        The text behind JOINER.
    """
    kept, width = "", 0
    for character in words:
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > most:
            return f"{JOINER}{kept}\u2026"
        kept += character
    return f"{JOINER}{kept}"


@cache
def _chart_wordings() -> dict[str, dict[str, str]]:
    return {
        html.escape(wording["en"], quote=False): wording
        for key, wording in texts().items()
        if key.split(".")[0] in CHART_GROUPS
    }


def in_every_language(words: str) -> str:
    """Word a label inside a finished chart in every language.

    Args:
        words: the label, escaped as SVG has it.

    Returns:
        One `tspan` per language where the texts have the label, else the label.
    """
    wording = _chart_wordings().get(words)
    if wording is None:
        return words
    return "".join(
        f'<tspan lang="{LANGUAGES[language]}">{html.escape(text, quote=False)}</tspan>'
        for language, text in wording.items()
    )
