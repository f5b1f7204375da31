"""Charts as inline SVG: one set-up, two widths, two colour schemes, two languages.

Altair describes a chart, vl-convert renders it without a browser or a network; the same
data give the same bytes. Colours are those of Okabe and Ito (2008), told apart with any
kind of colour vision; the page's style sheet sets them for light and dark.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from refugee_adaptation.report.texts import JOINER, in_every_language, label, verbatim
from refugee_adaptation.wording.numbers import MINUS, percent

Chart = Callable[[int], alt.TopLevelMixin]

# Width of a plot in pixels: on a wide screen, where two stand side by side, and on a
# narrow one.
WIDE = 540
NARROW = 330
# a text of the crawl on a narrow chart, in letters
NARROW_NAME = 22

# Colours of the light scheme; `figure_svg` makes each a variable of the style sheet.
INK = "#222222"
FAINT = "#767676"
LINES = "#dddddd"
PAPER = "#fdfdfc"
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
VARIABLES = {
    INK: "--ink",
    FAINT: "--faint",
    LINES: "--line",
    PAPER: "--paper",
    BLUE: "--blue",
    ORANGE: "--orange",
    GREEN: "--green",
    VERMILION: "--vermilion",
    PURPLE: "--purple",
    SKY: "--sky",
}
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY)


def figure_svg(
    chart: Chart, name: str, title: str, description: str, wide: int = WIDE
) -> Markup:
    """Render a chart for wide and for narrow screens.

    Args:
        chart: draws the chart for a plot of the given width in pixels.
        name: a name for the figure, unique in the page.
        title: id of the element that says what the figure is, in the language shown.
        description: id of the element that says what it shows.
        wide: width on a wide screen; 0 for a chart that is as narrow on every screen.

    Returns:
        Two SVG elements, of which the style sheet shows the one that fits; one of a
        chart that is narrow on every screen.
    """
    sizes = {"wide": wide, "narrow": NARROW} if wide else {"small": NARROW}
    return Markup("").join(
        Markup('<div class="chart {}">{}</div>').format(
            size,
            _finish(_svg(chart(width)), f"{name}-{size}", title, description),
        )
        for size, width in sizes.items()
    )


def _svg(chart: alt.TopLevelMixin) -> str:
    configured = (
        chart.configure(background="transparent", font="inherit", aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            titleFontWeight="normal",
            titlePadding=8,
            labelFontSize=12,
            titleFontSize=12,
            labelLimit=260,
            gridColor=LINES,
            domainColor=FAINT,
            tickColor=FAINT,
        )
        .configure_legend(
            labelColor=INK,
            titleColor=INK,
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
            orient="top",
            labelLimit=300,
            symbolStrokeWidth=0,
            symbolOpacity=1,
        )
        .configure_header(
            labelColor=INK, titleColor=INK, labelFontSize=12, titleFontSize=12
        )
    )
    found: str = vl_convert.vegalite_to_svg(
        # each part was checked when it was made; checking all again takes seconds
        configured.to_dict(validate=False)
    )
    return found


def _finish(svg: str, name: str, title: str, description: str) -> Markup:
    for colour, variable in VARIABLES.items():
        svg = re.sub(f'"{colour}"', f'"var({variable})"', svg, flags=re.IGNORECASE)
    svg = re.sub(r'\bid="clip', f'id="{name}-clip', svg)
    svg = svg.replace("url(#clip", f"url(#{name}-clip")
    svg = svg.replace('font-family="inherit" ', "")
    svg = re.sub(r' opacity="1"(?=[ />])', "", svg)
    svg = re.sub(r' ?pointer-events="none"', "", svg)
    # the figure is one picture with a name; its parts have none
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    # parts that Vega hides from everybody
    svg = re.sub(r'<path class="(?:fore|back)ground"[^>]*?d=""[^>]*/>', "", svg)
    svg = re.sub(r'<path class="background"[^>]*?d="M0,0h0v0h0Z"[^>]*/>', "", svg)
    svg = re.sub(r'<text [^>]*opacity="0"[^>]*>[^<]*</text>', "", svg)
    svg = re.sub(r' class="[^"]*"', "", svg)
    svg = re.sub(
        r' width="([\d.]+)" height="([\d.]+)"',
        r' width="\1" height="\2" role="img" '
        f'aria-labelledby="{title}" aria-describedby="{description}"',
        svg,
        count=1,
    )
    # hundredths of a pixel are enough, and texts stay as they are
    svg = re.sub(
        "<[^>]+>",
        lambda tag: re.sub(
            r"\d+\.\d{3,}", lambda size: f"{float(size[0]):.2f}", tag[0]
        ),
        svg,
    )
    return Markup(_in_both_languages(svg))


def _in_both_languages(svg: str) -> str:
    return re.sub(
        "(<text [^>]*>)([^<]*)(?=</text>)",
        lambda found: found.group(1) + in_every_language(found.group(2)),
        svg,
    )


# an axis of more days than this shows the year, one of more than that has weeks
MOST_DAYS_WITHOUT_YEAR = 120
MOST_SINGLE_DAYS = 200
# days that an axis has room for at least: a lone day is no wall
LEAST_DAYS = 14
# part of its day or week that a bar covers
BAR_SHARE = 0.8
# pixels: marks of events so near share a label; between two labels, sideways, upwards
TOGETHER = 5
MARK_ROOM = 16
MARK_HEIGHT = 14


class _Days:
    """The days of a chart: how they are binned, drawn and written."""

    def __init__(self, days: pd.Series) -> None:
        found = pd.to_datetime(days)
        self.first, last = found.min(), found.max()
        self.count = (last - self.first).days + 1
        self.step = 7 if self.count > MOST_SINGLE_DAYS else 1
        spare = max(0, LEAST_DAYS - self.count) / 2
        # in days from midnight of the first: a bar stands around its day
        self.start = -0.5 - spare
        self.end = math.ceil(self.count / self.step) * self.step - 0.5 + spare

    def bars(self, frame: pd.DataFrame, day: str, value: str) -> pd.DataFrame:
        """Sum a value by bin: `from` and `until` of its bar, other columns kept."""
        number = (pd.to_datetime(frame[day]) - self.first).dt.days // self.step
        others = [name for name in frame.columns if name not in {day, value}]
        summed = (
            frame.assign(number=number)
            .groupby(["number", *others], sort=False)[value]
            .sum()
            .reset_index()
        )
        start = summed["number"] * self.step - 0.5 + self.step * (1 - BAR_SHARE) / 2
        bars = {"from": start, "until": start + self.step * BAR_SHARE}
        return summed.drop(columns="number").assign(
            **{name: list(map(self._written, days)) for name, days in bars.items()}
        )

    def points(self, frame: pd.DataFrame, day: str) -> pd.DataFrame:
        """Write the days of rows that are not summed."""
        return frame.assign(
            **{day: pd.to_datetime(frame[day]).dt.strftime("%Y-%m-%dT00:00:00Z")}
        )

    def marks(self, frame: pd.DataFrame, day: str, width: int) -> pd.DataFrame:
        """Place the labels of marks: one for marks that stand together, such as 2-4.

        Args:
            frame: `day` and mark (a number), in order of the days.
            day: name of the column of days.
            width: of the plot in pixels.

        Returns:
            `day`, mark and height: labels too close to their neighbours are raised by
            so many rows.
        """
        labels: list[tuple[pd.Timestamp, int, int, int]] = []
        ends: list[float] = []
        before = -math.inf
        for at, mark in zip(pd.to_datetime(frame[day]), frame["mark"], strict=True):
            place = (at - self.first).days / (self.end - self.start) * width
            if place - before < TOGETHER:
                labels[-1] = (*labels[-1][:2], int(mark), labels[-1][3])
            else:
                free = (n for n, end in enumerate(ends) if place - end >= MARK_ROOM)
                height = next(free, len(ends))
                ends[height : height + 1] = [place]
                labels.append((at, int(mark), int(mark), height))
            before = place
        return pd.DataFrame(
            {
                day: [at for at, *_ in labels],
                "mark": [
                    str(first) if first == last else f"{first}\u2013{last}"
                    for _, first, last, _ in labels
                ],
                "height": [height for *_, height in labels],
            }
        )

    def axis(self, field: str, width: int) -> alt.X:
        """Give the axis of days, with the range of every layer."""
        domain = [self._moment(self.start), self._moment(self.end)]
        with_year = self.count > MOST_DAYS_WITHOUT_YEAR
        ticks = (6 if with_year else 10) if width > 400 else (3 if with_year else 4)
        return alt.X(
            f"{field}:T",
            title=_axis("day" if self.step == 1 else "week"),
            scale=alt.Scale(
                type="utc", domain=[int(at.value // 10**6) for at in domain]
            ),
            axis=alt.Axis(
                format="%Y-%m-%d" if with_year else "%m-%d",
                grid=False,
                # no half days below a range of few
                tickCount=min(ticks, max(1, int(self.end - self.start) // 2)),
            ),
        )

    def _moment(self, days: float) -> pd.Timestamp:
        return self.first + pd.Timedelta(days=days)

    def _written(self, days: float) -> str:
        # a time without a zone would be read in that of the machine
        return f"{self._moment(days):%Y-%m-%dT%H:%M:%SZ}"


def _axis(name: str | None) -> str | None:
    return label(f"axis.{name}") if name else None


def coverage(frame: pd.DataFrame) -> Chart:
    """Draw how complete each field of a crawl is.

    Args:
        frame: source_file, entity, field, present_share, censored_share.

    Returns:
        A bar per field, the censored part apart.
    """
    parts = pd.concat(
        [
            frame.assign(
                part=label("axis.exact"),
                order=0,
                share=frame["present_share"]
                - frame["censored_share"].fillna(0) * frame["present_share"],
            ),
            frame.assign(
                part=label("axis.lower_bound"),
                order=1,
                share=frame["censored_share"].fillna(0) * frame["present_share"],
            ),
        ]
    )

    def draw(width: int) -> alt.TopLevelMixin:
        drawn: alt.Chart = (
            alt.Chart(parts)
            .mark_bar(height={"band": 0.7})
            .encode(
                x=alt.X(
                    "share:Q",
                    title=_axis("present_share"),
                    scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", tickCount=5),
                ),
                y=_rows(),
                color=_colours(
                    "part",
                    [label("axis.exact"), label("axis.lower_bound")],
                    columns=2 if width > 400 else 1,
                ),
                order=alt.Order("order:Q"),
            )
            .properties(
                width=width - _room(list(frame["name"]), width), height=alt.Step(22)
            )
        )
        return drawn

    return draw


def _colours(
    field: str,
    domain: Sequence[str],
    colours: Sequence[str] = PALETTE,
    *,
    columns: int = 2,
) -> alt.Color:
    return alt.Color(
        f"{field}:N",
        title=None,
        scale=alt.Scale(domain=list(domain), range=list(colours[: len(domain)])),
        legend=alt.Legend(columns=columns) if len(domain) > 1 else None,
    )


def day_curve(frame: pd.DataFrame, events: pd.DataFrame) -> Chart:
    """Draw posts a day, or a week where there are many days, with what happened.

    Args:
        frame: post_date, post_count.
        events: platform_date and mark (a number) of each event in the range, in order.

    Returns:
        Posts as bars, events as numbered rules.
    """
    days = _Days(frame["post_date"])
    posts = days.bars(frame[["post_date", "post_count"]], "post_date", "post_count")

    def draw(width: int) -> alt.TopLevelMixin:
        inner = width - 60
        bars = (
            alt.Chart(posts)
            .mark_bar(color=BLUE, orient="vertical")
            .encode(
                x=days.axis("from", width),
                x2="until:T",
                y=_counts("post_count", "posts", posts["post_count"].max()),
            )
        )
        x = days.axis("from", width)
        layers: list[Any] = [bars, *_peak(posts, "post_count", x)]
        if not events.empty:
            at = days.axis("platform_date", width)
            layers.append(
                alt.Chart(days.points(events, "platform_date"))
                .mark_rule(color=VERMILION, strokeDash=[3, 3])
                .encode(x=at)
            )
            labels = days.marks(events, "platform_date", inner)
            marks = days.points(labels, "platform_date")
            layers.extend(
                alt.Chart(marks[marks["height"] == height])
                .mark_text(
                    color=VERMILION,
                    dy=-6 - MARK_HEIGHT * height,
                    baseline="bottom",
                    fontSize=12,
                )
                .encode(x=at, y=alt.value(0), text="mark:N")
                for height in sorted(set(marks["height"].tolist()))
            )
        return alt.layer(*layers).properties(width=inner, height=220)

    return draw


def _counts(field: str, axis: str | None, top: float) -> alt.Y:
    """Give the axis of a count up to a top: thousands apart, no halves."""
    return alt.Y(
        f"{field}:Q",
        title=_axis(axis),
        axis=alt.Axis(tickCount=int(min(4, max(1, top))), format=",d"),
        stack="zero",
    )


def _peak(frame: pd.DataFrame, value: str, x: alt.X) -> list[alt.Chart]:
    """Write the number of the highest bar above it."""
    if frame.empty:
        return []
    top: pd.DataFrame = frame.groupby(["from", "until"])[value].sum().reset_index()
    top = top.sort_values([value, "from"], ascending=[False, True]).head(1)
    top = top.assign(words=[f"{int(top[value].iloc[0]):,}"])
    return [
        alt.Chart(top)
        .mark_text(color=INK, dy=-5, dx=2, fontSize=12, fontWeight="bold", align="left")
        .encode(x=x, y=alt.Y(f"{value}:Q"), text="words:N")
    ]


def hours(frame: pd.DataFrame, clocks: Mapping[str, str]) -> Chart:
    """Draw posts by hour, one row per clock.

    Args:
        frame: clock, post_hour, post_count.
        clocks: label of each clock, in order.

    Returns:
        Bars of posts per clock.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        ticks = list(range(0, 24, 3 if width > 400 else 6))
        inner = width - 60
        rows = [
            alt.Chart(frame[frame["clock"] == clock])
            .mark_bar(color=BLUE, width=max(3, int(inner / 24 * 0.7)))
            .encode(
                x=alt.X(
                    "post_hour:Q",
                    title=wording,
                    scale=alt.Scale(domain=[-0.5, 23.5], nice=False),
                    axis=alt.Axis(values=ticks, grid=False, format="d"),
                ),
                y=_counts("post_count", "posts", frame["post_count"].max()),
            )
            .properties(width=inner, height=70)
            for clock, wording in clocks.items()
        ]
        return alt.vconcat(*rows, spacing=12)

    return draw


def _room(names: Sequence[str], width: int) -> int:
    """Give the pixels that the names of the rows take, at most half of the chart."""
    return min(int(6.5 * max(map(len, names), default=0)) + 16, width * 11 // 20)


def _fitting(name: str, width: int) -> str:
    """Cut a text of the crawl to what a narrow chart has room for."""
    if width > 400 or not name.startswith(JOINER):
        return name
    return verbatim(name.removeprefix(JOINER), NARROW_NAME)


def _rows() -> alt.Y:
    # labels are short already, see `verbatim`: nothing is cut
    axis = alt.Axis(ticks=False, domain=False, labelLimit=0, labelPadding=6)
    return alt.Y("name:N", title=None, sort=None, axis=axis)


def intervals(
    frame: pd.DataFrame,
    axis: str,
    *,
    zero: float | None = 0.0,
    null: bool = False,
    share: bool = False,
) -> Chart:
    """Draw estimates with their intervals, beside their null where there is one.

    Args:
        frame: name, value, low, high; kind (a label) where colours tell kinds apart;
            null_low and null_high where `null`; bar, what a value must reach, where
            one decides. On a narrow screen a text of the crawl is cut shorter.
        axis: name of the axis text.
        zero: where the line of no effect stands, or None.
        null: whether to draw the range of the null model.
        share: whether the values are shares of 1.

    Returns:
        A point with its interval per row; the null as a wide grey bar, what a value
        must reach as a line across it.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        scale = alt.Scale(zero=False, padding=8)
        names = [_fitting(name, width) for name in frame["name"]]
        room = _room(names, width)
        base = alt.Chart(frame.assign(name=names)).encode(y=_rows())
        x = alt.X(
            "value:Q",
            title=_axis(axis),
            scale=scale,
            axis=alt.Axis(tickCount=5, format="~%" if share else ",~r"),
        )
        kinds = list(dict.fromkeys(frame["kind"])) if "kind" in frame.columns else []
        shown: dict[str, Any] = {
            "color": _colours("kind", kinds) if kinds else alt.value(BLUE)
        }
        if len(kinds) > 1:
            shown["yOffset"] = alt.YOffset("kind:N", sort=None)
        layers: list[Any] = []
        if null:
            layers.append(
                base.mark_rule(color=FAINT, opacity=0.35, strokeWidth=10).encode(
                    x=alt.X("null_low:Q", title=_axis(axis), scale=scale),
                    x2="null_high:Q",
                )
            )
        if "bar" in frame.columns:
            layers.append(
                base.mark_tick(color=VERMILION, thickness=2, size=20).encode(
                    x=alt.X("bar:Q", title=_axis(axis), scale=scale)
                )
            )
        if zero is not None:
            layers.append(
                alt.Chart(pd.DataFrame({"at": [zero]}))
                .mark_rule(color=FAINT, strokeDash=[4, 3])
                .encode(x=alt.X("at:Q", scale=scale))
            )
        layers.append(
            base.mark_rule(strokeWidth=2).encode(
                x=alt.X("low:Q", title=_axis(axis), scale=scale),
                x2="high:Q",
                **shown,
            )
        )
        layers.append(base.mark_circle(size=44, opacity=1).encode(x=x, **shown))
        inner = width - room
        step = 24 if len(kinds) < 2 else 12 * len(kinds) + 14
        height = step * frame["name"].nunique()
        return alt.layer(*layers).properties(width=inner, height=height)

    return draw


def side_by_side(parts: Mapping[str, pd.DataFrame], axis: str) -> Chart:
    """Draw intervals in one small chart per kind, above each other on one scale.

    Args:
        parts: name, value, low and high of the rows, by title of the chart.
        axis: name of the axis text.

    Returns:
        Charts of `intervals` with a title each.
    """
    low = min(float(part["low"].min()) for part in parts.values())
    high = max(float(part["high"].max()) for part in parts.values())

    def draw(width: int) -> alt.TopLevelMixin:
        names = [name for part in parts.values() for name in part["name"]]
        room = _room(names, width)
        drawn = []
        for title, part in parts.items():
            base = alt.Chart(part).encode(y=_rows())
            x = alt.X(
                "value:Q",
                title=_axis(axis),
                scale=alt.Scale(domain=[low, high], nice=True),
                axis=alt.Axis(tickCount=5, format=",~r"),
            )
            bars = base.mark_rule(color=BLUE, strokeWidth=2).encode(
                x=alt.X("low:Q", title=_axis(axis)), x2="high:Q"
            )
            points = base.mark_circle(color=BLUE, size=44, opacity=1).encode(x=x)
            zero = (
                alt.Chart(pd.DataFrame({"at": [0.0]}))
                .mark_rule(color=FAINT, strokeDash=[4, 3])
                .encode(x="at:Q")
            )
            drawn.append(
                alt.layer(zero, bars, points).properties(
                    width=width - room,
                    height=alt.Step(22),
                    title=alt.TitleParams(
                        title, anchor="start", fontSize=12, color=INK
                    ),
                )
            )
        return alt.vconcat(*drawn, spacing=12)

    return draw


def arrivals(frame: pd.DataFrame, height: int = 120) -> Chart:
    """Draw counts a day, or a week where there are many days, in two colours.

    Args:
        frame: day, value, kind (a label) and order.
        height: of the plot in pixels.

    Returns:
        Stacked bars; the highest has its number.
    """
    days = _Days(frame["day"])
    kinds = list(dict.fromkeys(frame.sort_values("order")["kind"]))
    counts = days.bars(frame[["day", "value", "kind", "order"]], "day", "value")
    top = counts.groupby("from")["value"].sum().max()

    def draw(width: int) -> alt.TopLevelMixin:
        x = days.axis("from", width)
        bars = (
            alt.Chart(counts)
            .mark_bar(orient="vertical")
            .encode(
                x=x,
                x2="until:T",
                y=_counts("value", None, top),
                color=_colours("kind", kinds),
                order=alt.Order("order:Q"),
            )
        )
        return alt.layer(bars, *_peak(counts, "value", x)).properties(
            width=width - 50, height=height
        )

    return draw


def ordered_bars(frame: pd.DataFrame, *, share: bool = False) -> Chart:
    """Draw one bar per row, in the order of the rows, with its number.

    Args:
        frame: name, value.
        share: whether the values are shares of 1.

    Returns:
        Horizontal bars without an axis.
    """
    written = [percent(v) if share else f"{int(v):,}" for v in frame["value"]]
    most = float(frame["value"].max()) * 1.18

    def draw(width: int) -> alt.TopLevelMixin:
        names = [_fitting(name, width) for name in frame["name"]]
        base = alt.Chart(frame.assign(name=names, words=written)).encode(y=_rows())
        x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, most]))
        bars = base.mark_bar(color=BLUE, height={"band": 0.65}).encode(x=x)
        words = base.mark_text(color=INK, align="left", dx=4, fontSize=12).encode(
            x=x, text="words:N"
        )
        return alt.layer(bars, words).properties(
            width=width - _room(names, width), height=alt.Step(24)
        )

    return draw


def steps(frame: pd.DataFrame) -> Chart:
    """Draw how shares moved from a first value to a later one.

    Args:
        frame: name, early and late (shares of 1).

    Returns:
        A line per row, hollow where it begins, full where it ends, with both numbers.
    """
    low = float(frame[["early", "late"]].min().min())
    high = float(frame[["early", "late"]].max().max())
    room = max(0.05, (high - low) * 0.6)
    domain = [low - room, high + room]
    parts = frame.assign(
        early_words=[f"{100 * value:.0f}\u00a0%" for value in frame["early"]],
        late_words=[f"{100 * value:.0f}\u00a0%" for value in frame["late"]],
    )

    def draw(width: int) -> alt.TopLevelMixin:
        scale = alt.Scale(domain=domain, nice=False)
        base = alt.Chart(parts).encode(y=_rows())
        early = alt.X("early:Q", axis=None, scale=scale)
        late = alt.X("late:Q", axis=None, scale=scale)
        layers: list[alt.Chart] = [
            base.mark_rule(color=FAINT, strokeWidth=2).encode(x=early, x2="late:Q"),
            base.mark_point(
                color=BLUE, size=70, opacity=1, fill=PAPER, strokeWidth=2
            ).encode(x=early),
            base.mark_circle(color=BLUE, size=90, opacity=1).encode(x=late),
        ]
        # the number of the smaller value stands left of it
        for rising in (True, False):
            rows = parts[(parts["late"] >= parts["early"]) == rising]
            for x, words, left in (
                (early, "early_words", rising),
                (late, "late_words", not rising),
            ):
                layers.append(
                    alt.Chart(rows)
                    .mark_text(
                        color=INK,
                        align="right" if left else "left",
                        dx=-9 if left else 9,
                        fontSize=12,
                    )
                    .encode(y=_rows(), x=x, text=f"{words}:N")
                )
        return alt.layer(*layers).properties(
            width=width - _room(list(frame["name"]), width), height=alt.Step(36)
        )

    return draw


def beyond(found: float, needed: float, names: tuple[str, str]) -> Chart:
    """Draw what was found beside what it has to pass.

    Args:
        found: the estimate.
        needed: the value that chance may reach.
        names: labels of the two.

    Returns:
        Two bars with their numbers.
    """
    frame = pd.DataFrame({"name": list(names), "value": [found, needed]})
    low = min(0.0, float(frame["value"].min()))
    high = max(0.0, float(frame["value"].max()))
    frame["words"] = [f"{value:.2f}".replace("-", MINUS) for value in frame["value"]]
    frame["kind"] = list(names)

    def draw(width: int) -> alt.TopLevelMixin:
        x = alt.X(
            "value:Q",
            axis=None,
            scale=alt.Scale(domain=[low, low + (high - low) * 1.2], nice=False),
        )
        base = alt.Chart(frame).encode(y=_rows(), x=x)
        bars = base.mark_bar(height={"band": 0.6}).encode(
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(names), range=[BLUE, LINES]),
                legend=None,
            )
        )
        words = base.mark_text(color=INK, align="left", dx=4, fontSize=12).encode(
            text="words:N"
        )
        return alt.layer(bars, words).properties(
            width=width - _room(list(names), width), height=alt.Step(36)
        )

    return draw


def crowd(part: float) -> Chart:
    """Draw a share as so many of a hundred squares.

    Args:
        part: share of 1.

    Returns:
        Five rows of twenty squares, the share in colour; none is left out that is
        neither nothing nor all.
    """
    full = min(max(round(100 * part), int(part > 0)), 100 - int(part < 1))
    frame = pd.DataFrame(
        [(at // 5, at % 5, int(at < full)) for at in range(100)],
        columns=["x", "y", "full"],
    )

    def draw(width: int) -> alt.TopLevelMixin:
        drawn: alt.Chart = (
            alt.Chart(frame)
            .mark_square(size=150, opacity=1)
            .encode(
                x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, 19.5])),
                y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.5, 4.5])),
                color=alt.Color(
                    "full:N",
                    scale=alt.Scale(domain=[0, 1], range=[LINES, BLUE]),
                    legend=None,
                ),
            )
            .properties(width=width - 10, height=82)
        )
        return drawn

    return draw


def constellation(frame: pd.DataFrame, height: int = 150) -> Chart:
    """Draw people where the network lays them, in the colours of their community.

    Args:
        frame: x, y and colour (the number of the community, from 0).
        height: of the plot in pixels.

    Returns:
        A point per person.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        plain = alt.Axis(grid=False, ticks=False, labels=False, domain=False)
        drawn: alt.Chart = (
            alt.Chart(frame)
            .mark_circle(size=12, opacity=1)
            .encode(
                x=alt.X("x:Q", axis=plain, title=None, scale=alt.Scale(zero=False)),
                y=alt.Y("y:Q", axis=plain, title=None, scale=alt.Scale(zero=False)),
                color=alt.Color(
                    "colour:N",
                    scale=alt.Scale(
                        domain=list(range(len(PALETTE))), range=list(PALETTE)
                    ),
                    legend=None,
                ),
            )
            .properties(width=width - 10, height=height)
        )
        return drawn

    return draw


def panels(frame: pd.DataFrame, axis: str, *, over: str, columns: int = 3) -> Chart:
    """Draw shares over time with their bands, a small chart for each kind.

    Args:
        frame: as `curves` takes it.
        axis: name of the axis text of the share.
        over: name of the axis text of the time.
        columns: of charts beside each other on a wide screen.

    Returns:
        Charts on one scale, each with its kind as title.
    """
    kinds = list(dict.fromkeys(frame["kind"]))
    top = float(frame["high"].max())

    def draw(width: int) -> alt.TopLevelMixin:
        beside = columns if width > 400 else 2
        each = width // beside - 50
        parts: list[Any] = [
            curves(frame[frame["kind"] == kind], axis, over=over, height=90, top=top)(
                each + 70
            ).properties(
                title=alt.TitleParams(
                    _fitting(kind, width), anchor="start", fontSize=12, color=INK
                )
            )
            for kind in kinds
        ]
        return alt.concat(*parts, columns=beside, spacing=14)

    return draw


def curves(
    frame: pd.DataFrame,
    axis: str,
    *,
    over: str = "days_since",
    height: int = 200,
    top: float = 0,
) -> Chart:
    """Draw shares over time with their bands, each named at its end.

    Args:
        frame: at (a day number, or a date), value, low, high (shares) and kind (a
            label); value may be missing where the band alone is known.
        axis: name of the axis text of the share.
        over: name of the axis text of the time.
        height: of the plot in pixels.
        top: largest share on the axis; by default that of the frame.

    Returns:
        A line and a band per kind.
    """
    kinds = list(dict.fromkeys(frame["kind"]))
    dated = not pd.api.types.is_numeric_dtype(frame["at"])
    if dated:
        frame = frame.assign(
            at=pd.to_datetime(frame["at"]).dt.strftime("%Y-%m-%dT00:00:00Z")
        )
    last = frame.sort_values("at").groupby("kind", sort=False).tail(1)
    ends = last.assign(
        value=_apart(list(last["value"].fillna((last["low"] + last["high"]) / 2)))
    )
    top = min(1.0, math.ceil(10 * (top or float(frame["high"].max()))) / 10 or 0.1)
    small = height < 110

    def draw(width: int) -> alt.TopLevelMixin:
        room = int(6.5 * max(map(len, kinds))) + 10 if len(kinds) > 1 else 10
        colours = alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=list(PALETTE[: len(kinds)])),
            legend=None,
        )
        x = alt.X(
            "at:T" if dated else "at:Q",
            title=None if small else _axis(over),
            scale=alt.Scale(type="utc") if dated else alt.Scale(nice=False),
            axis=alt.Axis(
                grid=False,
                tickCount=2 if small else 4,
                format="%m-%d" if dated else ",~r",
            ),
        )
        y = partial(
            alt.Y,
            title=None if small else _axis(axis),
            scale=alt.Scale(domain=[0, top]),
            axis=alt.Axis(format="%", tickCount=2 if small else 4),
        )
        base = alt.Chart(frame).encode(x=x, color=colours)
        shape: Any = "linear" if dated else "step-after"
        layers = [
            base.mark_area(opacity=0.28, interpolate=shape).encode(
                y=y("low:Q"), y2="high:Q"
            ),
            base.mark_line(strokeWidth=2, interpolate=shape).encode(y=y("value:Q")),
        ]
        if frame["value"].isna().all():
            ordered = frame.sort_values("at")
            inside = ordered.iloc[[len(ordered) * 2 // 5]]
            for end, name in (("low", "at_least"), ("high", "at_most")):
                layers.append(
                    alt.Chart(inside.assign(words=label(f"axis.{name}")))
                    .mark_text(
                        color=INK,
                        dy=11 if end == "low" else -9,
                        fontSize=12,
                    )
                    .encode(x=x, y=y(f"{end}:Q"), text="words:N")
                )
        if len(kinds) > 1:
            layers.append(
                alt.Chart(ends)
                .mark_text(align="left", dx=5, fontSize=12)
                .encode(x=x, y=y("value:Q"), text="kind:N", color=colours)
            )
        return alt.layer(*layers).properties(width=width - 60 - room, height=height)

    return draw


def _apart(values: list[float], least: float = 0.06) -> list[float]:
    """Move the heights of labels apart that would cover each other, in their order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    moved = list(values)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    return moved


def sparkline(values: Sequence[float], title: str) -> Markup:
    """Draw counts over time as small bars, without an axis.

    Args:
        values: a count for each stretch of time, in order.
        title: id of the element that says what it is.

    Returns:
        One SVG element; nothing for no counts.
    """
    top = max(values, default=0)
    if not top:
        return Markup("")
    bars = "".join(
        f"M{6 * at} 24h5v-{24 * value / top:.1f}h-5z"
        for at, value in enumerate(values)
        if value
    )
    return Markup(
        '<svg class="spark" role="img" aria-labelledby="{}" viewBox="0 0 {} 24" '
        'preserveAspectRatio="none"><path fill="var(--blue)" d="{}"/></svg>'
    ).format(title, 6 * len(values), bars)
