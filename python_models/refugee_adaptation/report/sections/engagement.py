"""How engagement is spread: over days, hours, counts, kinds of post and months."""

from __future__ import annotations

import pandas as pd

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    interval,
    said,
    share,
    translated,
    worded,
)
from refugee_adaptation.report.marts import Answer, NotBuiltError
from refugee_adaptation.report.sections.growth import captured_growth
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import (
    label,
    say,
)
from refugee_adaptation.wording.numbers import (
    number,
    span,
)

# a median needs this many posts to be drawn for a day
LEAST_POSTS = 5


def _spread(story: Story) -> None:
    found = story.marts.ask(
        """
        select post_count, median, p90, gini, gini_low, gini_high
        from engagement_distribution
        where metric = 'engagement'
        """
    )
    row = found.row
    if not row["post_count"] or row["median"] is None:
        return
    story.lead(
        "engagement.lead",
        found,
        median=number(row["median"]),
        p90=number(row["p90"]),
        gini=number(row["gini"]),
        gini_interval=span(row["gini_low"], row["gini_high"]),
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
    peak = found.frame.sort_values(
        ["post_count", "post_date"], ascending=[False, True]
    ).iloc[0]
    story.figure(
        "engagement.days",
        charts.day_curve(found.frame, marks),
        found,
        n=int(found.frame["post_count"].sum()),
        peak=f"{peak['post_date']:%Y-%m-%d}",
        posts=number(int(peak["post_count"])),
        users=number(int(peak["user_count"])),
    )
    if events is not None and not events.frame.empty:
        story.table(
            "engagement.events",
            events,
            (
                "mark",
                "platform_date",
                translated("event"),
                "audience_date",
                said("source"),
            ),
        )


def _medians(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            post_date,
            post_count,
            engagement_median as median,
            engagement_median_low as low,
            engagement_median_high as high
        from engagement_by_day
        where post_date is not null
        order by post_date
        """
    ).some()
    shown = found.frame[found.frame["post_count"] >= LEAST_POSTS]
    if shown["median"].notna().sum() < 2:
        return
    story.figure(
        "engagement.medians",
        charts.median_by_day(shown),
        found,
        n=int(shown["post_count"].sum()),
        least=number(LEAST_POSTS),
        dropped=number(len(found.frame) - len(shown)),
        all=number(len(found.frame)),
    )


def _hours(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            clock,
            zone,
            post_hour,
            post_count,
            engagement_median,
            engagement_median_low,
            engagement_median_high
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


def _histograms(story: Story) -> None:
    found = story.marts.ask(
        """
        with

        counts as (
            select
                unnest(
                    ['like_count', 'comment_count', 'collect_count', 'share_count']
                ) as metric,
                unnest([like_count, comment_count, collect_count, share_count])
                    as amount,
                unnest([
                    is_like_count_censored,
                    is_comment_count_censored,
                    is_collect_count_censored,
                    is_share_count_censored
                ]) as is_lower_bound
            from fct_posts
        )

        select
            metric,
            case
                when amount = 0 then -0.4
                else (floor(log10(amount) * 4) + 0.5) / 4
            end as place,
            coalesce(is_lower_bound, false) as is_lower_bound,
            count(*) as post_count
        from counts
        where amount is not null
        group by metric, place, is_lower_bound
        order by metric, place, is_lower_bound
        """
    ).some()
    names = {
        "like_count": "likes",
        "comment_count": "comments",
        "collect_count": "saves",
        "share_count": "shares",
    }
    present = set(found.frame["metric"])
    bounds = found.frame["is_lower_bound"].astype(bool)
    frame = found.frame.assign(
        part=[label("axis.lower_bound" if b else "axis.exact") for b in bounds],
        order=bounds.astype(int),
    )
    story.figure(
        "engagement.spread",
        charts.distributions(
            frame, {m: label(f"axis.{n}") for m, n in names.items() if m in present}
        ),
        found,
        n=int(frame.loc[frame["metric"] == "like_count", "post_count"].sum()),
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
    story.table(
        "engagement.types",
        found,
        (
            worded("post_type"),
            "post_count",
            "user_count",
            share("censored_share"),
            "median",
            interval("median_low", "median_high"),
        ),
        n=int(found.some().frame["post_count"].sum()),
    )


def _months(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            strftime(post_month, '%Y-%m') as month,
            post_count,
            user_count,
            censored_share,
            engagement_median as median,
            engagement_median_low as median_low,
            engagement_median_high as median_high
        from engagement_by_month
        order by post_month
        """
    )
    story.table(
        "engagement.months",
        found,
        (
            "month",
            "post_count",
            "user_count",
            share("censored_share"),
            "median",
            interval("median_low", "median_high"),
        ),
        n=int(found.some().frame["post_count"].sum()),
    )


def engagement_tile(story: Story) -> tuple[Tile, Answer]:
    """The engagement of a post in the middle."""
    found = story.marts.ask(
        """
        select median, median_low, median_high
        from engagement_distribution
        where metric = 'engagement' and median is not null
        """
    )
    row = found.row
    words = say(
        "short.engagement", interval=span(row["median_low"], row["median_high"])
    )
    return Tile("engagement", number(row["median"]), words), found


ENGAGEMENT = Section(
    "engagement",
    (
        _spread,
        _days,
        _medians,
        _hours,
        _histograms,
        _numbers,
        _types,
        _months,
        captured_growth,
    ),
)
