"""Charts as inline SVG: one set-up, two widths, two colour schemes, two languages.

Altair describes a chart, vl-convert renders it without a browser or a network; the same
data give the same bytes. Colours are those of Okabe and Ito (2008), told apart with any
kind of colour vision; the page's style sheet sets them for light and dark.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from refugee_adaptation.report.texts import JOINER, in_every_language, label, verbatim

Chart = Callable[[int], alt.TopLevelMixin]

# Width of the plot in pixels on a wide and on a narrow screen.
WIDTHS = {"wide": 700, "narrow": 330}
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


def figure_svg(chart: Chart, name: str, title: str, description: str) -> Markup:
    """Render a chart for wide and for narrow screens.

    Args:
        chart: draws the chart for a plot of the given width in pixels.
        name: a name for the figure, unique in the page.
        title: id of the element that says what the figure is, in the language shown.
        description: id of the element that says what it shows.

    Returns:
        Two SVG elements; the style sheet shows the one that fits.
    """
    return Markup("").join(
        Markup('<div class="chart {}">{}</div>').format(
            size,
            _finish(_svg(chart(width)), f"{name}-{size}", title, description),
        )
        for size, width in WIDTHS.items()
    )


def _svg(chart: alt.TopLevelMixin) -> str:
    configured = (
        chart.configure(background="transparent", font="inherit")
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
    # parts that Vega hides from everybody
    svg = re.sub(r'<path class="(?:fore|back)ground"[^>]*?d=""[^>]*/>', "", svg)
    svg = re.sub(r'<path class="background"[^>]*?d="M0,0h0v0h0Z"[^>]*/>', "", svg)
    svg = re.sub(r'<text [^>]*opacity="0"[^>]*>[^<]*</text>', "", svg)
    svg = re.sub(
        r' width="([\d.]+)" height="([\d.]+)"',
        r' width="\1" height="\2" role="img" '
        f'aria-labelledby="{title}" aria-describedby="{description}"',
        svg,
        count=1,
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
                y=alt.Y(
                    "post_count:Q", title=_axis("posts"), axis=alt.Axis(tickMinStep=1)
                ),
            )
        )
        layers: list[Any] = [bars]
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
        return alt.layer(*layers).properties(width=inner, height=240)

    return draw


def median_by_day(frame: pd.DataFrame) -> Chart:
    """Draw the median engagement a day with its interval, on a log axis.

    Args:
        frame: post_date, median, low, high; days with too few posts left out.

    Returns:
        A point and an interval per day.
    """
    days = _Days(frame["post_date"])
    shown = days.points(frame, "post_date")
    top = _next_power(frame["high"].fillna(frame["median"]).max())

    def draw(width: int) -> alt.TopLevelMixin:
        scale = alt.Scale(type="symlog", constant=1, domain=[0, top])
        y = alt.Y("low:Q", title=_axis("engagement"), scale=scale, axis=_log_axis())
        base = alt.Chart(shown).encode(x=days.axis("post_date", width))
        bars = base.mark_rule(color=BLUE, opacity=0.5, strokeWidth=2).encode(
            y=y, y2="high:Q"
        )
        points = base.mark_circle(color=BLUE, size=36, opacity=1).encode(
            y=alt.Y("median:Q", scale=scale)
        )
        return alt.layer(bars, points).properties(width=width - 60, height=200)

    return draw


def _next_power(value: float) -> int:
    """The power of ten at or above a value, for an axis that ends with a number."""
    return int(10 ** math.ceil(math.log10(max(value, 1))))


def _log_axis() -> alt.Axis:
    return alt.Axis(
        values=[0, 1, 10, 100, 1000, 10000, 100000],
        labelExpr="datum.value >= 1000 ? datum.value / 1000 + 'k' : datum.value",
    )


def hours(frame: pd.DataFrame, clocks: Mapping[str, str]) -> Chart:
    """Draw posts and median engagement by hour, one row per clock.

    Args:
        frame: clock, post_hour, post_count, engagement_median, and its _low and _high.
        clocks: label of each clock, in order.

    Returns:
        Bars of posts above medians with intervals, per clock.
    """
    top = _next_power(frame["engagement_median_high"].max())

    def draw(width: int) -> alt.TopLevelMixin:
        rows = []
        for clock, wording in clocks.items():
            part = frame[frame["clock"] == clock]
            ticks = list(range(0, 24, 3 if width > 400 else 6))
            x = alt.X(
                "post_hour:Q",
                title=wording,
                scale=alt.Scale(domain=[-0.5, 23.5], nice=False),
                axis=alt.Axis(values=ticks, grid=False, format="d"),
            )
            half = (width - 140) // 2 if width > 400 else width - 60
            posts = (
                alt.Chart(part)
                .mark_bar(color=BLUE, width=max(3, int(half / 24 * 0.7)))
                .encode(
                    x=x,
                    y=alt.Y(
                        "post_count:Q",
                        title=_axis("posts"),
                        axis=alt.Axis(tickMinStep=1),
                    ),
                )
                .properties(width=half, height=130)
            )
            scale = alt.Scale(type="symlog", constant=1, domain=[0, top])
            base = alt.Chart(part).encode(x=x)
            medians = (
                base.mark_rule(color=ORANGE, strokeWidth=2).encode(
                    y=alt.Y(
                        "engagement_median_low:Q",
                        title=_axis("engagement"),
                        scale=scale,
                        axis=_log_axis(),
                    ),
                    y2="engagement_median_high:Q",
                )
                + base.mark_circle(color=INK, size=26, opacity=1).encode(
                    y=alt.Y("engagement_median:Q", scale=scale)
                )
            ).properties(width=half, height=130)
            join = alt.hconcat if width > 400 else alt.vconcat
            rows.append(join(posts, medians, spacing=30 if width > 400 else 12))
        return alt.vconcat(*rows, spacing=24)

    return draw


def distributions(frame: pd.DataFrame, metrics: Mapping[str, str]) -> Chart:
    """Draw how each count is spread, on log axes, lower bounds apart.

    Args:
        frame: metric, place (log10 of the middle of a bin, below 0 for zero), part (a
            label), order, post_count.
        metrics: label of each metric, in order.

    Returns:
        A histogram per metric; bins grow by the same factor, zero stands apart.
    """
    domain = [label("axis.exact"), label("axis.lower_bound")]

    def draw(width: int) -> alt.TopLevelMixin:
        columns = 2 if width > 400 else 1
        each = (width - 120) // 2 if width > 400 else width - 60
        charts = []
        for metric, wording in metrics.items():
            part = frame[frame["metric"] == metric]
            charts.append(
                alt.Chart(part)
                .mark_bar(width=max(4, int(each / 26)))
                .encode(
                    x=alt.X(
                        "place:Q",
                        title=wording,
                        scale=alt.Scale(domain=[-0.6, 5.3], nice=False),
                        axis=alt.Axis(
                            values=[-0.4, 0, 1, 2, 3, 4, 5],
                            labelExpr="datum.value < 0 ? '0' : datum.value == 0 ? '1'"
                            " : datum.value == 1 ? '10' : datum.value == 2 ? '100'"
                            " : datum.value == 3 ? '1k' : datum.value == 4 ? '10k'"
                            " : '100k'",
                            grid=False,
                        ),
                    ),
                    y=alt.Y("post_count:Q", title=_axis("posts")),
                    color=_colours("part", domain, columns=columns),
                    order=alt.Order("order:Q"),
                )
                .properties(width=each, height=120)
            )
        return alt.concat(*charts, columns=columns, spacing=24)

    return draw


def ordered_bars(frame: pd.DataFrame, axis: str) -> Chart:
    """Draw one bar per row, in the order of the rows.

    Args:
        frame: name, value.
        axis: name of the axis text of the value.

    Returns:
        Horizontal bars.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        drawn: alt.Chart = (
            alt.Chart(frame)
            .mark_bar(color=BLUE, height={"band": 0.65})
            .encode(
                x=alt.X(
                    "value:Q",
                    title=_axis(axis),
                    axis=alt.Axis(tickCount=5, format="~s"),
                ),
                y=_rows(),
            )
            .properties(
                width=width - _room(list(frame["name"]), width), height=alt.Step(24)
            )
        )
        return drawn

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
    return alt.Y(
        "name:N", title=None, sort=None, axis=alt.Axis(ticks=False, labelLimit=0)
    )


def small_bars(
    frame: pd.DataFrame, by: str, titles: Mapping[Any, str], axis: str
) -> Chart:
    """Draw bars in the order of the rows, one small chart for each of several things.

    Args:
        frame: name, value and the column `by`.
        by: column that tells the charts apart.
        titles: title of each chart by value of that column, in order.
        axis: name of the axis text of the value.

    Returns:
        Small charts in columns, each on its own scale from 0.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        columns = 2 if width > 400 else 1
        room = 118
        each = (width - columns * room - (columns - 1) * 16) // columns
        parts = []
        for value, title in titles.items():
            parts.append(
                alt.Chart(frame[frame[by] == value])
                .mark_bar(color=BLUE, height={"band": 0.65})
                .encode(
                    x=alt.X(
                        "value:Q",
                        title=_axis(axis),
                        axis=alt.Axis(tickCount=2, format="~g", grid=False),
                    ),
                    y=_rows(),
                )
                .properties(
                    width=each,
                    height=alt.Step(17),
                    title=alt.TitleParams(
                        title,
                        anchor="start",
                        frame="group",
                        fontSize=12,
                        color=INK,
                        limit=0,
                    ),
                )
            )
        return alt.concat(*parts, columns=columns, spacing=16)

    return draw


def day_counts(frame: pd.DataFrame, axis: str) -> Chart:
    """Draw counts a day, or a week where there are many days, in two colours.

    Args:
        frame: day, value, kind (a label) and order.
        axis: name of the axis text of the value.

    Returns:
        Stacked bars.
    """
    days = _Days(frame["day"])
    kinds = list(dict.fromkeys(frame.sort_values("order")["kind"]))
    counts = days.bars(frame[["day", "value", "kind", "order"]], "day", "value")

    def draw(width: int) -> alt.TopLevelMixin:
        drawn: alt.Chart = (
            alt.Chart(counts)
            .mark_bar(orient="vertical")
            .encode(
                x=days.axis("from", width),
                x2="until:T",
                y=alt.Y(
                    "value:Q",
                    title=_axis(axis),
                    axis=alt.Axis(tickMinStep=1),
                    stack="zero",
                ),
                color=_colours("kind", kinds),
                order=alt.Order("order:Q"),
            )
            .properties(width=width - 60, height=200)
        )
        return drawn

    return draw


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
            axis=alt.Axis(tickCount=5, format="~%" if share else "~g"),
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
                axis=alt.Axis(tickCount=5, format="~g"),
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


def survival(frame: pd.DataFrame, axis: str) -> Chart:
    """Draw Kaplan-Meier curves with their intervals.

    Args:
        frame: day, value, low, high (shares), kind (a label).
        axis: name of the axis text of the share.

    Returns:
        A step curve and a band per kind.
    """
    kinds = list(dict.fromkeys(frame["kind"]))

    def draw(width: int) -> alt.TopLevelMixin:
        colours = _colours("kind", kinds)
        base = alt.Chart(frame).encode(
            x=alt.X("day:Q", title=_axis("days_since"), axis=alt.Axis(grid=False)),
            color=colours,
        )
        y_axis = alt.Axis(format="%", tickCount=5)
        scale = alt.Scale(domain=[0, 1])
        band = base.mark_area(opacity=0.18, interpolate="step-after").encode(
            y=alt.Y("low:Q", title=_axis(axis), scale=scale, axis=y_axis),
            y2="high:Q",
        )
        line = base.mark_line(strokeWidth=2, interpolate="step-after").encode(
            y=alt.Y("value:Q", title=_axis(axis), scale=scale, axis=y_axis)
        )
        return alt.layer(band, line).properties(width=width - 60, height=240)

    return draw
