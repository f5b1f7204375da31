"""Attention: how unequal it is, and when and what people post."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import interval, share, tone, worded
from refugee_adaptation.report.marts import NotBuiltError, Row
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.sections.growth import captured_growth
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term, date, in_spans, label, say
from refugee_adaptation.wording.numbers import number, of_hundred


def _unequal(story: Story) -> None:
    """Head the section with how attention is divided."""
    asked, rows = claims(story, "attention_is_unequal", "videos_draw_more")
    story.folded.append(proof(rows.values()))
    row = rows.get("attention_is_unequal")
    if row is None:
        return
    found = tone(row["verdict"])
    story.answer(
        f"engagement.is_{found}",
        found,
        asked,
        share=of_hundred(row["estimate"]),
        low=of_hundred(row["interval_low"]),
        high=of_hundred(row["interval_high"]),
    )


def _days(story: Story) -> None:
    found = story.marts.ask(
        """
        select post_date, post_count, user_count
        from engagement_by_day
        where post_date is not null
        order by post_date
        """
    ).some()
    first, last = found.frame["post_date"].min(), found.frame["post_date"].max()
    try:
        events = story.marts.ask(
            f"""
            select
                row_number() over (order by happened_at) as mark,
                platform_date,
                title_en as event_en,
                title_zh as event_zh,
                audience_date,
                source,
                source_zh
            from platform_events
            where platform_date between '{first:%Y-%m-%d}' and '{last:%Y-%m-%d}'
            order by happened_at
            """
        )
    except NotBuiltError:
        events = None
    marks = (
        events.frame
        if events is not None
        else pd.DataFrame({"platform_date": [], "mark": []})
    )
    # the chart has weeks where it would have too many days
    weekly = (last - first).days + 1 > charts.MOST_SINGLE_DAYS
    passed = (found.frame["post_date"] - first).dt.days
    start = first + pd.to_timedelta(passed - passed % (7 if weekly else 1), unit="D")
    peak = (
        found.frame.groupby(start)["post_count"]
        .sum()
        .reset_index()
        .sort_values(["post_count", "post_date"], ascending=[False, True])
        .iloc[0]
    )
    answers = [found] if events is None else [found, events]
    story.figure(
        "engagement.weeks" if weekly else "engagement.days",
        charts.day_curve(found.frame, marks),
        *answers,
        n=int(found.frame["post_count"].sum()),
        width=700,
        aside=_happened(events.rows) if events is not None else "",
        peak=date(peak["post_date"]),
        posts=number(int(peak["post_count"])),
    )


def _happened(rows: Sequence[Row]) -> Markup:
    """List the numbered events of the curve, each with its day and its source."""
    return Markup('<div class="aside"><ol>{}</ol></div>').format(
        Markup("").join(
            Markup('<li title="{}">{}</li>').format(
                row["source"],
                say(
                    "engagement.event",
                    day=date(row["platform_date"]),
                    event=in_spans({"en": row["event_en"], "zh": row["event_zh"]}),
                ),
            )
            for row in rows
        )
    )


def _hours(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            clock,
            zone,
            post_hour,
            post_count
        from engagement_by_hour
        order by clock desc, post_hour
        """
    ).some()
    zones = dict(zip(found.frame["clock"], found.frame["zone"], strict=True))
    posts = int(found.frame["post_count"].sum()) // max(len(zones), 1)
    if not posts:
        return
    story.figure(
        "engagement.hours",
        charts.hours(
            found.frame,
            {clock: label(f"axis.{clock}") for clock in ("platform", "audience")},
        ),
        found,
        n=posts,
        platform=zones.get("platform", "?"),
        audience=zones.get("audience", "?"),
    )


def _numbers(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            metric,
            post_count,
            zero_share,
            censored_share,
            median,
            median_low,
            median_high,
            p95,
            maximum,
            gini,
            gini_low,
            gini_high
        from engagement_distribution
        order by post_count desc, median desc, metric
        """
    )
    story.table(
        "engagement.distribution",
        found,
        (
            worded("metric"),
            "post_count",
            share("zero_share"),
            share("censored_share"),
            "median",
            interval("median_low", "median_high"),
            "p95",
            "maximum",
            "gini",
            interval("gini_low", "gini_high"),
        ),
        n=found.row["post_count"],
    )


def _types(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            post_type,
            post_count,
            user_count,
            censored_share,
            engagement_median as median,
            engagement_median_low as median_low,
            engagement_median_high as median_high
        from engagement_by_post_type
        order by post_type
        """
    )
    drawn = found.frame[found.frame["post_type"].isin(["video", "image"])]
    if len(drawn) < 2 or drawn["median"].isna().any():
        return
    frame = drawn.assign(
        name=[chart_term("post_type", kind) for kind in drawn["post_type"]],
        value=drawn["median"],
        low=drawn["median_low"].fillna(drawn["median"]),
        high=drawn["median_high"].fillna(drawn["median"]),
    )
    story.figure(
        "engagement.types",
        charts.intervals(frame, "engagement", zero=None),
        found,
        n=int(drawn["post_count"].sum()),
    )


ENGAGEMENT = Section(
    "engagement", (_unequal, _days, _hours, _numbers, _types, captured_growth)
)
