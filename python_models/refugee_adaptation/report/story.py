"""The parts of a page: answers and figures at once, tables and tests on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from refugee_adaptation.report.charts import WIDE, Chart, figure_svg
from refugee_adaptation.report.columns import Column, plain
from refugee_adaptation.report.marts import (
    Answer,
    Marts,
    NoRowsError,
    NotBuiltError,
    Row,
)
from refugee_adaptation.report.texts import in_spans, say
from refugee_adaptation.wording.numbers import moment, number

# a table with more rows shows the first ones until the reader asks for all
MOST_ROWS = 12
# a table with more columns, or two of long texts, becomes cards on a narrow screen
MOST_COLUMNS = 4
# a list of more cards shows the first ones until the reader asks for all
MOST_CARDS = 5

Part = Callable[["Story"], None]


@dataclass(frozen=True)
class Section:
    """One section of the page.

    Attributes:
        key: its group of texts and its anchor.
        parts: what writes it; each is written even if another cannot be.
    """

    key: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Card:
    """A finding of the first screen.

    Attributes:
        section: key of the section that says more.
        tone: `for`, `against` or `unknown`: whether it holds.
        title: the finding, a sentence.
        words: what the picture shows, in plain words.
        chart: draws the picture; None where there is nothing to draw.
        answers: the queries behind it.
        proof: the claims with their numbers.
    """

    section: str
    tone: str
    title: Markup
    words: Markup
    chart: Chart | None
    answers: Sequence[Answer]
    proof: Markup


@dataclass
class Story:
    """What has been written so far of one section.

    Attributes:
        marts: the tables of a build.
        section: key of the section.
        blocks: the HTML that is shown at once, in order.
        folded: the HTML under "How do we know?", in order.
        heading: the finding that heads the section; its title where it has none.
        tones: whether the finding of a section holds, by key of the section.
        most_people: people per network, the most influential first; all with None.
        figures: how many figures the page has so far.
        tables: how many tables the page has so far.
        scripts: source of the scripts that the page runs.
        data: JSON that the scripts read, by the id of its element.
        sheets: columns and rows behind each figure, by its id.
    """

    marts: Marts
    section: str = ""
    blocks: list[Markup] = field(default_factory=list)
    folded: list[Markup] = field(default_factory=list)
    heading: Markup | str = ""
    tones: dict[str, str] = field(default_factory=dict)
    most_people: int | None = 3000
    figures: int = 0
    tables: int = 0
    scripts: list[str] = field(default_factory=list)
    data: dict[str, Markup] = field(default_factory=dict)
    sheets: dict[str, Any] = field(default_factory=dict)

    def compose(self, section: Section) -> Markup:
        """Write one section.

        Args:
            section: which one.

        Returns:
            Its HTML: what is shown, then what is folded. Without anything to show, a
            line that says which crawl would have it.
        """
        self.section = section.key
        self.blocks = []
        self.folded = []
        self.heading = ""
        for part in section.parts:
            try:
                part(self)
            except NotBuiltError as missing:
                self.notice("common.not_built", needed=missing.needed)
            except NoRowsError as empty:
                self.notice("common.no_rows", table=empty.table)
        if not self.blocks:
            self.tones.setdefault(section.key, "unknown")
            self.blocks.append(
                Markup('<p class="needs">{}</p>').format(say(f"{section.key}.needs"))
            )
        if self.folded:
            self.blocks.append(
                Markup(
                    '<details class="proof"><summary>{}</summary>{}</details>'
                ).format(say("common.how"), Markup("\n").join(self.folded))
            )
        return Markup("\n").join(self.blocks)

    def answer(self, key: str, tone: str, *answers: Answer, **values: object) -> None:
        """Head the section with what was found.

        Args:
            key: its text, a sentence.
            tone: `for`, `against`, `unknown`, or `plain` for what was counted.
            answers: the queries behind it.
            values: its numbers and words, already written.
        """
        self.tones[self.section] = tone
        self.heading = say(key, **values)
        self.folded.append(self._evidence(answers, None))

    def warning(self, key: str, **values: object) -> None:
        """Add a sentence that stands out at once.

        Args:
            key: its text.
            values: words and numbers of the sentence.
        """
        self.blocks.append(
            Markup('<p class="warning">{}</p>').format(say(key, **values))
        )

    def html(self, block: Markup, *answers: Answer) -> None:
        """Add HTML that is shown at once.

        Args:
            block: the HTML.
            answers: the queries behind it.
        """
        self.blocks.append(block)
        self.folded.append(self._evidence(answers, None))

    def subheading(self, key: str) -> None:
        """Add a heading among what is folded.

        Args:
            key: its text.
        """
        self.folded.append(Markup("<h3>{}</h3>").format(say(key)))

    def text(self, key: str, *answers: Answer, **values: object) -> None:
        """Add a paragraph that is shown at once.

        Args:
            key: its text.
            answers: the queries behind its numbers.
            values: its numbers and words, already written.
        """
        self.blocks.append(Markup("<p>{}</p>").format(say(key, **values)))
        self.folded.append(self._evidence(answers, None))

    def proof(self, key: str, *answers: Answer, **values: object) -> None:
        """Add a folded paragraph, such as the statistics behind a sentence.

        Args:
            key: its text.
            answers: the queries behind its numbers.
            values: its numbers and words, already written.
        """
        words = Markup("<p>{}</p>").format(say(key, **values))
        self.folded.append(words + self._evidence(answers, None))

    def notice(self, key: str, *answers: Answer, **values: object) -> None:
        """Add a folded sentence that says why something is not shown or not known.

        Args:
            key: its text.
            answers: the queries behind it.
            values: words and numbers of the sentence.
        """
        words = Markup('<p class="notice">{}</p>').format(say(key, **values))
        self.folded.append(words + self._evidence(answers, None))

    def figure(
        self,
        key: str,
        chart: Chart,
        *answers: Answer,
        n: Any = None,
        width: int = WIDE,
        aside: Markup | str = "",
        **values: object,
    ) -> None:
        """Add a figure with its finding, how to read it, its source and its data.

        Args:
            key: its texts: `key` tells how to read it, `key_title` what it shows.
            chart: draws it at a given width.
            answers: the queries behind it; the first gives the data to download.
            n: number of observations in it.
            width: of the plot on a wide screen, in pixels.
            aside: HTML beside it, where the screen is wide enough.
            values: words and numbers of its texts.
        """
        self.figures += 1
        name = f"figure-{self.figures}"
        title, described = f"{name}-title", f"{name}-text"
        drawn = figure_svg(chart, name, title, described, width)
        self.sheets[name] = sheet(answers[0])
        self.blocks.append(
            Markup(
                '<figure id="{}"{}><figcaption><h3 id="{}">{}</h3><p id="{}">{}</p>'
                "</figcaption>{}{}{}</figure>"
            ).format(
                name,
                Markup(' class="broad"') if aside else "",
                title,
                say(f"{key}_title", **values),
                described,
                say(key, **values),
                drawn,
                aside,
                self._evidence(answers, n, downloads=True),
            )
        )

    def card(self, card: Card) -> None:
        """Add a finding of the first screen.

        Args:
            card: the finding.
        """
        drawn = Markup("")
        title, described = f"{card.section}-card", f"{card.section}-card-text"
        if card.chart is not None:
            self.figures += 1
            name = f"figure-{self.figures}"
            title, described = f"{name}-title", f"{name}-text"
            drawn = figure_svg(card.chart, name, title, described, 0)
            self.sheets[name] = sheet(card.answers[0])
        self.tones[card.section] = card.tone
        self.blocks.append(
            Markup(
                '<article class="card" {}><p class="mark {}">{}</p>'
                '<h2 id="{}">{}</h2>{}<p id="{}">{}</p>'
                "<details><summary>{}</summary>{}{}"
                '<p><a href="#{}">{}</a></p></details></article>'
            ).format(
                Markup('id="{}"').format(name) if card.chart is not None else "",
                card.tone,
                say(f"mark.{card.tone}"),
                title,
                card.title,
                drawn,
                described,
                card.words,
                say("common.how"),
                card.proof,
                self._evidence(card.answers, None, downloads=bool(drawn)),
                card.section,
                say("common.more"),
            )
        )

    def table(
        self,
        key: str,
        answer: Answer,
        columns: Sequence[Column | str],
        *,
        n: Any = None,
        most: int = 50,
        whole: bool = False,
        others: Sequence[Answer] = (),
        **values: object,
    ) -> None:
        """Add a folded table.

        Args:
            key: text of its caption.
            answer: its rows.
            columns: its columns, in order; a name alone is a column of plain values.
            n: number of observations behind it.
            most: rows in the page; the query gives the rest.
            whole: whether every row is shown at once, however many there are.
            others: further queries behind it.
            values: words and numbers of the caption.

        Raises:
            KeyError: a column is not in the rows.
            NoRowsError: there are no rows.
        """
        rows = answer.some().rows
        shown = [plain(one) if isinstance(one, str) else one for one in columns]
        long_texts = sum(column.is_long(rows) for column in shown)
        stacked = len(shown) > MOST_COLUMNS or long_texts > 1
        numeric = {column.name for column in shown if column.is_numeric(rows)}
        body = Markup("\n").join(
            _row(shown, row, numeric, labelled=stacked) for row in rows[:most]
        )
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(
                Markup(' class="number"') if column.name in numeric else "",
                in_spans(column.head()),
            )
            for column in shown
        )
        kind = "table"
        if stacked:
            kind += " stacked"
        count = len(rows[:most])
        if not whole and count > MOST_ROWS:
            kind += " long"
        if not whole and count > MOST_CARDS and stacked:
            kind += " many"
        more = Markup("")
        if kind.endswith(("long", "many")):
            more = Markup(
                '<label class="all"><input type="checkbox"> {}</label>'
            ).format(say("common.all_rows", all=number(count)))
        if len(rows) > most:
            more += Markup('<p class="more">{}</p>').format(
                say("common.more_rows", shown=number(most), all=number(len(rows)))
            )
        self.tables += 1
        name = f"table-{self.tables}"
        self.folded.append(
            Markup(
                '<p class="caption" id="{}">{}</p><div class="{}" tabindex="0" '
                'role="region" aria-labelledby="{}"><table aria-labelledby="{}">'
                "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}{}"
            ).format(
                name,
                say(key, **values),
                kind,
                name,
                name,
                head,
                body,
                more,
                self._evidence((answer, *others), n),
            )
        )

    def _evidence(
        self, answers: Sequence[Answer], n: Any, *, downloads: bool = False
    ) -> Markup:
        if not answers:
            return Markup("")
        tables = dict.fromkeys(table for one in answers for table in one.tables)
        names = Markup(", ").join(Markup("<code>{}</code>").format(t) for t in tables)
        count = Markup("")
        if n is not None:
            count = Markup(' <span class="n">n = {}</span>').format(number(n))
        queries = Markup("").join(
            Markup('<pre class="query"><code>{};</code></pre>').format(one.sql)
            for one in answers
        )
        source = Markup(
            '<details class="evidence"><summary>{} {}{}</summary>{}</details>'
        ).format(say("common.evidence"), names, count, queries)
        if not downloads:
            return source
        buttons = Markup(" ").join(
            Markup('<button type="button" data-get="{}">{}</button>').format(
                kind, kind.upper()
            )
            for kind in ("svg", "png", "csv")
        )
        return Markup('<div class="source">{}<p class="get">{} {}</p></div>').format(
            source, say("common.download"), buttons
        )


def _row(
    columns: Sequence[Column], row: Row, numeric: set[str], *, labelled: bool
) -> Markup:
    """Write a row of a table; its first cell heads it."""
    cells = []
    for place, column in enumerate(columns):
        look = column.look(row, numeric=column.name in numeric)
        labels = Markup("")
        if labelled:
            labels = Markup("").join(
                Markup(' data-{}="{}"').format(language, words)
                for language, words in column.head().items()
            )
        cells.append(
            Markup("<{tag}{scope}{kind}{labels}>{words}</{tag}>").format(
                tag=Markup("td" if place else "th"),
                scope="" if place else Markup(' scope="row"'),
                kind=Markup(' class="{}"').format(look) if look else "",
                labels=labels,
                words=column.write(row),
            )
        )
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def sheet(answer: Answer) -> dict[str, Any]:
    """Give the rows behind a figure as the page's script writes them to a file.

    Args:
        answer: the rows.

    Returns:
        `names` of the columns and `rows` of plain values.
    """
    return {
        "names": answer.names,
        "rows": [[_cell(row[name]) for name in answer.names] for row in answer.rows],
    }


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return moment(value)


def quoted(words: str, most: int) -> Markup:
    """Quote a text of the crawl, shortened.

    Args:
        words: the text, or more than is wanted of it.
        most: letters that are kept.

    Returns:
        A quotation; nothing for an empty text.
    """
    if not words or not words.strip():
        return Markup("")
    kept = words if len(words) <= most else words[:most].rstrip() + "\u2026"
    return Markup("<blockquote><bdi>{}</bdi></blockquote>").format(kept)
