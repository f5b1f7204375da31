"""Charts as inline SVG: one set-up, two widths, two colour schemes, two languages.

Altair describes a chart, vl-convert renders it without a browser or a network; the same
data give the same bytes. Colours are those of Okabe and Ito (2008), told apart with any
kind of colour vision; the page's style sheet sets them for light and dark.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from refugee_adaptation.report.texts import in_every_language, label

Chart = Callable[[int], alt.TopLevelMixin]

# Width of the plot in pixels on a wide and on a narrow screen.
WIDTHS = {"wide": 700, "narrow": 330}

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
        title: what the figure is, for screen readers.
        description: what it shows, for screen readers.

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
        f'aria-labelledby="{name}-title {name}-desc"',
        svg,
        count=1,
    )
    head = (
        f'<title id="{name}-title">{html.escape(title)}</title>'
        f'<desc id="{name}-desc">{html.escape(description)}</desc>'
    )
    svg = re.sub(r"(<svg [^>]*>)", lambda found: found.group(1) + head, svg, count=1)
    return Markup(_in_both_languages(svg))


def _in_both_languages(svg: str) -> str:
    return re.sub(
        "(<text [^>]*>)([^<]*)(?=</text>)",
        lambda found: found.group(1) + in_every_language(found.group(2)),
        svg,
    )


def _days(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    # dates as ISO text are read as UTC, whatever the zone of the machine
    written = {
        name: pd.to_datetime(frame[name]).dt.strftime("%Y-%m-%d") for name in names
    }
    return frame.assign(**written)


def _day_axis(field: str, width: int, title: str | None) -> alt.X:
    return alt.X(
        f"{field}:T",
        title=title,
        scale=alt.Scale(type="utc", padding=6),
        axis=alt.Axis(format="%d %b", grid=False, tickCount=10 if width > 400 else 4),
    )


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
    """Draw posts a day, with what happened.

    Args:
        frame: post_date, post_count, user_count.
        events: platform_date and mark (a number) of each event in the range.

    Returns:
        Posts as bars, users as a line, events as numbered rules.
    """
    days = _days(frame, "post_date")
    marks = _days(events, "platform_date")

    def draw(width: int) -> alt.TopLevelMixin:
        x = _day_axis("post_date", width, _axis("day"))
        bars = (
            alt.Chart(days)
            .mark_bar(color=BLUE, width=max(2, int(0.7 * width / max(len(days), 30))))
            .encode(
                x=x,
                y=alt.Y(
                    "post_count:Q", title=_axis("posts"), axis=alt.Axis(tickMinStep=1)
                ),
            )
        )
        layers: list[Any] = [bars]
        if not marks.empty:
            at = alt.X("platform_date:T", scale=alt.Scale(type="utc"))
            layers.append(
                alt.Chart(marks)
                .mark_rule(color=VERMILION, strokeDash=[3, 3])
                .encode(x=at)
            )
            layers.append(
                alt.Chart(marks)
                .mark_text(color=VERMILION, dy=-6, baseline="bottom", fontSize=12)
                .encode(x=at, y=alt.value(0), text="mark:N")
            )
        return alt.layer(*layers).properties(width=width - 60, height=240)

    return draw


def median_by_day(frame: pd.DataFrame) -> Chart:
    """Draw the median engagement a day with its interval, on a log axis.

    Args:
        frame: post_date, median, low, high; days with too few posts left out.

    Returns:
        A point and an interval per day.
    """
    days = _days(frame, "post_date")
    top = _next_power(days["high"].fillna(days["median"]).max())

    def draw(width: int) -> alt.TopLevelMixin:
        scale = alt.Scale(type="symlog", constant=1, domain=[0, top])
        y = alt.Y("low:Q", title=_axis("engagement"), scale=scale, axis=_log_axis())
        base = alt.Chart(days).encode(x=_day_axis("post_date", width, _axis("day")))
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
        frame: metric, low_edge (0 for zero), part (label), post_count.
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


def ordered_bars(
    frame: pd.DataFrame, axis: str, *, colour: str = BLUE, share: bool = False
) -> Chart:
    """Draw one bar per row, in the order of the rows.

    Args:
        frame: name, value; and low, high where the value has an interval.
        axis: name of the axis text of the value.
        colour: of the bars.
        share: whether values are shares of 1.

    Returns:
        Horizontal bars with intervals.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        axis_style = alt.Axis(tickCount=5, format="%" if share else "~s")
        room = _room(list(frame["name"]), width)
        base = alt.Chart(frame).encode(y=_rows())
        bars = base.mark_bar(color=colour, height={"band": 0.65}).encode(
            x=alt.X("value:Q", title=_axis(axis), axis=axis_style)
        )
        layers = [bars]
        if "low" in frame.columns:
            layers.append(
                base.mark_rule(color=INK, strokeWidth=1.5).encode(
                    x="low:Q", x2="high:Q"
                )
            )
        return alt.layer(*layers).properties(width=width - room, height=alt.Step(24))

    return draw


def _room(names: Sequence[str], width: int) -> int:
    """Give the pixels that the names of the rows take, at most half of the chart."""
    return min(int(6.5 * max(map(len, names), default=0)) + 16, width * 11 // 20)


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
    """Draw counts a day in two colours.

    Args:
        frame: day, value, kind (a label) and order.
        axis: name of the axis text of the value.

    Returns:
        Stacked bars.
    """
    days = _days(frame, "day")
    kinds = list(dict.fromkeys(frame.sort_values("order")["kind"]))

    def draw(width: int) -> alt.TopLevelMixin:
        count = max(days["day"].nunique(), 30)
        drawn: alt.Chart = (
            alt.Chart(days)
            .mark_bar(width=max(2, int(0.7 * width / count)))
            .encode(
                x=_day_axis("day", width, _axis("day")),
                y=alt.Y("value:Q", title=_axis(axis), axis=alt.Axis(tickMinStep=1)),
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
            null_low and null_high where `null`.
        axis: name of the axis text.
        zero: where the line of no effect stands, or None.
        null: whether to draw the range of the null model.
        share: whether the values are shares of 1.

    Returns:
        A point with its interval per row; the null as a wide grey bar.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        scale = alt.Scale(zero=False, padding=8)
        room = _room(list(frame["name"]), width)
        base = alt.Chart(frame).encode(y=_rows())
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
