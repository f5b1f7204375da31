"""Sentences, headings and labels in English and simplified Chinese."""

from __future__ import annotations

import datetime as dt
import html
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files

from markupsafe import Markup

from refugee_adaptation.wording.numbers import day

# width of a label of a chart, in letters
MOST_WIDTH = 30
# marks a text of the crawl inside a chart: invisible, it only joins (U+2060)
JOINER = "\u2060"
LANGUAGES = {"en": "en", "zh": "zh-Hans"}
# a term of the glossary in a text: [[key|words]]
TERM = re.compile(r"\[\[(\w+)\|([^\]]+)\]\]")
# terms of the glossary that a metric may be named by
EXPLAINED = (
    "silhouette",
    "lift",
    "modularity",
    "kaplan_meier",
    "recall",
    "gini",
    "auc",
    "hazard",
    "rand",
    "spearman",
)
# groups whose texts stand inside charts
CHART_GROUPS = (
    "axis",
    "feature",
    "group",
    "anomaly",
    "claim",
    "comparison",
    "language",
    "post_type",
    "registered",
    "tie_kind",
    "topic",
    "reason_code",
    "field",
    "strategy",
    "item_kind",
)


@cache
def texts() -> dict[str, dict[str, str]]:
    """Read every text of the report.

    Returns:
        Wording by language code, by key such as `crawl.title`.

    Raises:
        ValueError: a text lacks one of the languages.
    """
    raw = tomllib.loads(files(__package__).joinpath("texts.toml").read_text("utf-8"))
    found: dict[str, dict[str, str]] = {}
    for group, entries in raw.items():
        for key, entry in entries.items():
            if len(entry) != len(LANGUAGES):
                raise ValueError(f"{group}.{key} needs {len(LANGUAGES)} wordings")
            found[f"{group}.{key}"] = dict(zip(LANGUAGES, entry, strict=True))
    return {
        key: {
            language: TERM.sub(
                partial(_defined, language=language, wordings=found), words
            )
            for language, words in wording.items()
        }
        for key, wording in found.items()
    }


def _defined(
    term: re.Match[str], language: str, wordings: Mapping[str, Mapping[str, str]]
) -> str:
    """Give a term its meaning, which shows when the reader points at it."""
    meaning = html.escape(wordings[f"glossary.{term[1]}_means"][language])
    return f'<abbr title="{meaning}">{term[2]}</abbr>'


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


def explained(wording: Mapping[str, str]) -> Markup:
    """Word a text of the tables, its technical terms with their meaning at hand.

    Args:
        wording: by language code; escaped.

    Returns:
        One `span` per language.
    """
    return in_spans(
        {
            language: Markup(_explained(html.escape(words), language))
            for language, words in wording.items()
        }
    )


def _explained(words: str, language: str) -> str:
    for key in EXPLAINED:
        for name in re.split(", |\u3001", texts()[f"glossary.{key}"][language]):
            # Chinese has no spaces that would end a word
            edge = r"\b" if language == "en" else ""
            found = re.search(f"{edge}{re.escape(name)}{edge}", words)
            if found:
                meaning = html.escape(texts()[f"glossary.{key}_means"][language])
                term = f'<abbr title="{meaning}">{found[0]}</abbr>'
                return words[: found.start()] + term + words[found.end() :]
    return words


def date(value: dt.date) -> Markup:
    """Write a date in words.

    Args:
        value: a date or a datetime.

    Returns:
        One `span` per language.
    """
    return in_spans({language: day(value, language) for language in LANGUAGES})


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
        The wording in every language; without one, the value itself, escaped.
    """
    key = f"{group}.{value}"
    return say(key) if key in texts() else Markup.escape(str(value))


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
