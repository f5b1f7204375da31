"""The parts of a page: sentences, figures and tables, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from refugee_adaptation.report.charts import Chart, figure_svg
from refugee_adaptation.report.columns import Column, plain, tone
from refugee_adaptation.report.marts import (
    Answer,
    Marts,
    NoRowsError,
    NotBuiltError,
    Row,
)
from refugee_adaptation.report.texts import in_spans, say, term
from refugee_adaptation.wording.numbers import number

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
class Tile:
    """A key number of the page.

    Attributes:
        section: key of the section that says more.
        value: the number, already written.
        words: what it counts, with its interval.
    """

    section: str
    value: str | Markup
    words: Markup


@dataclass
class Story:
    """What has been written so far of one section.

    Attributes:
        marts: the tables of a build.
        section: key of the section.
        blocks: the HTML of sentences, figures and tables, in order.
        most_people: people per network, the most influential first; all with None.
        figures: how many figures the page has so far.
        tables: how many tables the page has so far.
        scripts: source of the scripts that the page runs.
        data: JSON that the scripts read, by the id of its element.
    """

    marts: Marts
    section: str = ""
    blocks: list[Markup] = field(default_factory=list)
    most_people: int | None = 3000
    figures: int = 0
    tables: int = 0
    scripts: list[str] = field(default_factory=list)
    data: dict[str, Markup] = field(default_factory=dict)

    def compose(self, section: Section) -> Markup:
        """Write one section.

        Args:
            section: which one.

        Returns:
            Its HTML.
        """
        self.section = section.key
        self.blocks = []
        for part in section.parts:
            try:
                part(self)
            except NotBuiltError as missing:
                self.notice("common.not_built", needed=missing.needed)
            except NoRowsError as empty:
                self.notice("common.no_rows", table=empty.table)
        return Markup("\n").join(self.blocks)

    def text(self, key: str, *answers: Answer, **values: object) -> None:
        """Add a paragraph.

        Args:
            key: its text.
            answers: the queries behind its numbers.
            values: its numbers and words, already written.
        """
        words = Markup("<p>{}</p>").format(say(key, **values))
        self.blocks.append(words + self._evidence(answers, None))

    def lead(self, key: str, *answers: Answer, **values: object) -> None:
        """Add the paragraph that says what the section found.

        Args:
            key: its text.
            answers: the queries behind its numbers.
            values: its numbers and words, already written.
        """
        words = Markup('<p class="lead">{}</p>').format(say(key, **values))
        self.blocks.append(words + self._evidence(answers, None))

    def heading(self, key: str) -> None:
        """Add a heading inside the section.

        Args:
            key: its text.
        """
        self.blocks.append(Markup("<h3>{}</h3>").format(say(key)))

    def notice(self, key: str, *answers: Answer, **values: object) -> None:
        """Add a sentence that says why something is not shown or not known.

        Args:
            key: its text.
            answers: the queries behind it.
            values: words and numbers of the sentence.
        """
        words = Markup('<p class="notice">{}</p>').format(say(key, **values))
        self.blocks.append(words + self._evidence(answers, None))

    def tiles(self, tiles: Sequence[Tile], *answers: Answer) -> None:
        """Add key numbers, each leading to its section.

        Args:
            tiles: the numbers, in order.
            answers: the queries behind them.
        """
        self.blocks.append(
            Markup('<ul class="tiles">{}</ul>{}').format(
                Markup("").join(
                    Markup('<li><a href="#{}"><b>{}</b> {}</a></li>').format(
                        tile.section, tile.value, tile.words
                    )
                    for tile in tiles
                ),
                self._evidence(answers, None),
            )
        )

    def claims(self, rows: Sequence[tuple[str, Markup | str, Markup]]) -> None:
        """Add a list of claims with the numbers behind each.

        Args:
            rows: verdict, claim and numbers of each.
        """
        self.blocks.append(
            Markup('<ul class="claims">{}</ul>').format(
                Markup("").join(
                    Markup(
                        '<li>{} <b class="verdict {}">{}</b> '
                        '<span class="numbers">{}</span></li>'
                    ).format(
                        claim,
                        tone(verdict),
                        term("verdict", verdict),
                        numbers,
                    )
                    for verdict, claim, numbers in rows
                )
            )
        )

    def figure(
        self, key: str, chart: Chart, *answers: Answer, n: Any = None, **values: object
    ) -> None:
        """Add a figure with its caption.

        Args:
            key: its texts: `key` is the caption, `key_title` the title.
            chart: draws it at a given width.
            answers: the queries behind it.
            n: number of observations in it.
            values: words and numbers of the caption.
        """
        self.figures += 1
        name = f"figure-{self.figures}"
        title, described = f"{name}-title", f"{name}-text"
        drawn = figure_svg(chart, name, title, described)
        self.blocks.append(
            Markup(
                '<figure id="{}"><figcaption><b id="{}">{}</b> <span id="{}">{}</span>'
                "</figcaption>{}{}</figure>"
            ).format(
                name,
                title,
                say(f"{key}_title"),
                described,
                say(key, **values),
                drawn,
                self._evidence(answers, n),
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
        """Add a table.

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
            kind += " cards"
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
        self.blocks.append(
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

    def _evidence(self, answers: Sequence[Answer], n: Any) -> Markup:
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
        return Markup(
            '<details class="evidence"><summary>{} {}{}</summary>{}</details>'
        ).format(say("common.evidence"), names, count, queries)


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
