"""The parts of a page: sentences, figures and tables, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from refugee_adaptation.report.charts import Chart, figure_svg
from refugee_adaptation.report.marts import (
    Answer,
    Marts,
    NoRowsError,
    NotBuiltError,
    Row,
)
from refugee_adaptation.report.texts import (
    LANGUAGES,
    in_spans,
    say,
    sentence,
    term,
    texts,
)
from refugee_adaptation.report.wording import (
    MISSING,
    moment,
    number,
    p_value,
    percent,
    span,
)

# a cell with more characters than this is kept wide
LONG_TEXT = 32
# a table with more rows shows the first ones until the reader asks for all
MOST_ROWS = 12
# a table with more columns, or two of long texts, becomes cards on a narrow screen
MOST_COLUMNS = 4
# columns in which the tables speak in sentences
SENTENCES = frozenset(
    {
        "abstention_reason",
        "action",
        "claim",
        "exposure_label",
        "figure",
        "first_name",
        "pool_reading",
        "reason",
        "second_name",
        "source",
        "what_it_really_measures",
        "why",
    }
)
# a list of more cards shows the first ones until the reader asks for all
MOST_CARDS = 5

Teller = Callable[["Story"], None]


@dataclass(frozen=True)
class Section:
    """One section of the page.

    Attributes:
        key: its group of texts and its anchor.
        parts: what tells it; each is told even if another cannot be.
    """

    key: str
    parts: tuple[Teller, ...]


@dataclass(frozen=True)
class Tile:
    """A key number of the page.

    Attributes:
        section: key of the section that tells more.
        value: the number, already written.
        words: what it counts, with its interval.
    """

    section: str
    value: str | Markup
    words: Markup


@dataclass
class Story:
    """What has been told so far of one section.

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

    def tell(self, section: Section) -> Markup:
        """Tell one section.

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

    def claims(self, rows: Sequence[tuple[str, str, Markup]]) -> None:
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
                        sentence(claim),
                        _tone(verdict),
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
        *,
        columns: Sequence[str] | None = None,
        terms: Mapping[str, str] | None = None,
        n: Any = None,
        most: int = 50,
        whole: bool = False,
        percent_rows: Callable[[Row], bool] | None = None,
        written: Mapping[str, Callable[[Row], Markup]] | None = None,
        numbers: Sequence[str] = (),
        others: Sequence[Answer] = (),
        **values: object,
    ) -> None:
        """Add a table.

        Args:
            key: text of its caption.
            answer: its rows.
            columns: which of its columns, in order; all by default.
            terms: group of texts that words the values of a column, by column.
            n: number of observations behind it.
            most: rows in the page; the query gives the rest.
            whole: whether every row is shown at once, however many there are.
            percent_rows: tells the rows whose fractions are shares of 1.
            written: words the value of a column from its row, by column.
            numbers: columns that `written` writes as numbers.
            others: further queries behind it.
            values: words and numbers of the caption.
        """
        rows = answer.some().rows
        names = [
            name
            for name in columns or rows[0]
            if not _is_shown_by_another(name, rows[0])
        ]
        long_texts = sum(_is_long(name, rows) for name in names)
        stacked = len(names) > MOST_COLUMNS or long_texts > 1
        numeric = {name for name in names if name in numbers or _is_numeric(name, rows)}
        body = Markup("\n").join(
            Markup("<tr>{}</tr>").format(
                Markup("").join(
                    _cell(
                        name,
                        row,
                        (terms or {}).get(name),
                        first=name == names[0],
                        numeric=name in numeric,
                        share=_is_share(name)
                        or (percent_rows is not None and percent_rows(row)),
                        labelled=stacked,
                        written=(written or {}).get(name),
                    )
                    for name in names
                )
            )
            for row in rows[:most]
        )
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(
                Markup(' class="number"') if name in numeric else "",
                in_spans(_header(name)),
            )
            for name in names
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


def _is_shown_by_another(name: str, row: Row) -> bool:
    return (name.endswith("_zh") and f"{name[:-3]}_en" in row) or (
        name.endswith("_high") and f"{name[:-5]}_low" in row
    )


def _is_share(name: str) -> bool:
    return "share" in name.split("_")


def _is_numeric(name: str, rows: Sequence[Row]) -> bool:
    return any(
        isinstance(row[name], (int, float)) and not isinstance(row[name], bool)
        for row in rows
    )


def _is_long(name: str, rows: Sequence[Row]) -> bool:
    return any(
        isinstance(row[name], str) and len(row[name]) > LONG_TEXT for row in rows
    )


def _header(name: str) -> dict[str, str]:
    """Word the head of a column in every language."""
    key = f"column.{name.removesuffix('_en')}"
    if key not in texts() and name.endswith("_low"):
        key = "column.interval"
    return texts().get(key) or dict.fromkeys(LANGUAGES, name.replace("_", " "))


def _cell(
    name: str,
    row: Row,
    group: str | None,
    *,
    first: bool,
    numeric: bool,
    share: bool,
    labelled: bool,
    written: Callable[[Row], Markup] | None,
) -> Markup:
    value = row[name]
    kind = "number" if numeric else ""
    words: Markup | str
    if written is not None:
        words = written(row)
        kind = "words" if len(str(value)) > LONG_TEXT else kind
    elif name.endswith("_en") and f"{name[:-3]}_zh" in row:
        words = in_spans({"en": value, "zh": row[f"{name[:-3]}_zh"]})
        kind = "words"
    elif name.endswith("_low") and f"{name[:-4]}_high" in row:
        kind = "number"
        words = span(value, row[f"{name[:-4]}_high"], percent if share else number)
    elif value is None:
        words = MISSING
    elif isinstance(value, bool):
        words = say("common.yes") if value else say("common.no")
    elif isinstance(value, list):
        words = Markup(", ").join(
            term(group, item) if group else Markup.escape(str(item)) for item in value
        )
    elif isinstance(value, (int, float)):
        if name == "p_value" or name.endswith("_p_value"):
            words = p_value(value)
        else:
            fraction = share and isinstance(value, float)
            words = percent(value) if fraction else number(value)
    elif isinstance(value, str):
        if group or _judges(name):
            words = term(group or "verdict", value)
        else:
            words = sentence(value) if name in SENTENCES else value
        kind = "words" if len(value) > LONG_TEXT else kind
        kind = "pseudonym" if name == "user_id" else kind
    else:
        words = moment(value)
        kind = "moment"
    if _judges(name):
        kind = f"verdict {_tone(str(value))}"
    labels = Markup("")
    if labelled:
        labels = Markup("").join(
            Markup(' data-{}="{}"').format(language, words)
            for language, words in _header(name).items()
        )
    return Markup("<{tag}{scope}{kind}{labels}>{words}</{tag}>").format(
        tag=Markup("th" if first else "td"),
        scope=Markup(' scope="row"') if first else "",
        kind=Markup(' class="{}"').format(kind) if kind else "",
        labels=labels,
        words=words,
    )


def _judges(name: str) -> bool:
    return name == "verdict" or name.endswith("_verdict")


def _tone(verdict: str) -> str:
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
