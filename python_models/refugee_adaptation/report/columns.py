"""Columns of a table: which values, under which heading, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.texts import (
    LANGUAGES,
    in_spans,
    say,
    term,
    texts,
)
from refugee_adaptation.wording.numbers import (
    MISSING,
    moment,
    number,
    p_value,
    percent,
    span,
)

# a cell with more characters than this is kept wide
LONG_TEXT = 32

Words = Markup | str


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: the column of the query; its values align the cells and their widths.
        write: words a cell from its row.
        heading: the text of the group `column` above it; without such a text, the
            name stands there.
        numbers: whether the texts of the column are aligned as numbers, too.
        kind: how the cells look: as their values are (empty), as text, numbers, a
            pseudonym or a verdict; `long` asks the length of any value.
    """

    name: str
    write: Callable[[Row], Words]
    heading: str
    numbers: bool = False
    kind: Literal["", "long", "words", "number", "pseudonym", "verdict"] = ""

    def is_numeric(self, rows: Sequence[Row]) -> bool:
        """Say whether any of the rows holds a number here."""
        return self.numbers or any(
            isinstance(row[self.name], (int, float))
            and not isinstance(row[self.name], bool)
            for row in rows
        )

    def is_long(self, rows: Sequence[Row]) -> bool:
        """Say whether any of the rows holds a long text here."""
        return any(
            isinstance(row[self.name], str) and len(row[self.name]) > LONG_TEXT
            for row in rows
        )

    def head(self) -> dict[str, str]:
        """Word the heading in every language."""
        words = self.heading.replace("_", " ")
        return texts().get(f"column.{self.heading}") or dict.fromkeys(LANGUAGES, words)

    def look(self, row: Row, *, numeric: bool) -> str:
        """Name the CSS class of a cell.

        Args:
            row: the cell's row.
            numeric: whether the column is one of numbers.

        Returns:
            The class, empty for none.
        """
        value = row[self.name]
        is_text = isinstance(value, str)
        if self.kind == "verdict":
            return f"verdict {tone(str(value))}"
        if self.kind in {"words", "number"}:
            return self.kind
        if self.kind == "pseudonym" and is_text:
            return self.kind
        if (is_text or self.kind == "long") and len(str(value)) > LONG_TEXT:
            return "words"
        if self.kind != "long" and not (
            value is None or isinstance(value, (str, bool, list, int, float))
        ):
            return "moment"
        return "number" if numeric else ""


def plain(name: str) -> Column:
    """A number, a date, yes or no, or words of the crawl, as it is."""
    return Column(name, lambda row: _plain(row[name]), name)


def share(name: str) -> Column:
    """A share of 1, written in percent; a whole number stays as it is."""
    return Column(
        name,
        lambda row: (
            percent(row[name]) if isinstance(row[name], float) else _plain(row[name])
        ),
        name,
    )


def chance(name: str) -> Column:
    """A p value."""
    return Column(name, lambda row: p_value(row[name]), name)


def worded(name: str, group: str | None = None) -> Column:
    """A code, or a list of codes, that a group of texts words.

    Args:
        name: the column of the query.
        group: the group of texts; the one of this name by default.
    """
    texts_of = group or name

    def write(row: Row) -> Words:
        value = row[name]
        if isinstance(value, list):
            return Markup(", ").join(term(texts_of, item) for item in value)
        return term(texts_of, value) if isinstance(value, str) else _plain(value)

    return Column(name, write, name)


def said(name: str) -> Column:
    """A sentence that the query gives in English, and in Chinese as `<name>_zh`."""
    return Column(name, lambda row: both(row, name), name)


def judged(name: str = "verdict") -> Column:
    """A verdict, in the colour of its tone."""
    return Column(name, worded(name, "verdict").write, name, kind="verdict")


def person(name: str = "user_id") -> Column:
    """A pseudonym."""
    return Column(name, lambda row: _plain(row[name]), name, kind="pseudonym")


def both(row: Row, name: str) -> Words:
    """Word in every language what a row has in English and in Chinese.

    Args:
        row: has `name` and `<name>_zh`.
        name: the column in English.

    Returns:
        One `span` per language; the English alone where there is no Chinese, a dash
        where there is nothing.
    """
    english, chinese = row[name], row[f"{name}_zh"]
    if not isinstance(english, str):
        return MISSING
    if not isinstance(chinese, str) or not chinese:
        return english
    return in_spans({"en": english, "zh": chinese})


def interval(
    low: str,
    high: str,
    write: Callable[[Any], str] = number,
    heading: str = "interval",
) -> Column:
    """Both ends of an interval in one cell.

    Args:
        low: the column of its lower end.
        high: the column of its upper end.
        write: writes an end.
        heading: the text above it.
    """
    return Column(
        low, lambda row: span(row[low], row[high], write), heading, kind="number"
    )


def made(
    name: str,
    write: Callable[[Row], Words],
    heading: str | None = None,
    *,
    numbers: bool = False,
) -> Column:
    """Words that are made from the whole row.

    Args:
        name: the column of the query that decides on width and alignment.
        write: words a cell from its row.
        heading: the text above it; the name's by default.
        numbers: whether the words are aligned as numbers.
    """
    return Column(name, write, heading or name, numbers, kind="long")


def tone(verdict: str) -> str:
    """Name the tone of a verdict: for, against, unknown or plain."""
    if verdict.startswith(("not identifiable", "not tested", "not computed")):
        return "unknown"
    if verdict.startswith(("not ", "do not", "below")):
        return "against"
    if verdict in {
        "descriptive",
        "reference",
        "another crawl",
        "measured here",
        "undecided",
    }:
        return "plain"
    return "for"


def _plain(value: Any) -> Words:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return say("common.yes") if value else say("common.no")
    if isinstance(value, list):
        return Markup(", ").join(Markup.escape(str(item)) for item in value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return value
    return moment(value)
