"""What grows between captures, and which groups last from build to build.

Both stand in the sections they belong to: engagement and communities.
"""

from __future__ import annotations

from refugee_adaptation.report.columns import (
    interval,
    share,
    worded,
)
from refugee_adaptation.report.story import Story
from refugee_adaptation.wording.numbers import (
    number,
    percent,
)


def captured_growth(story: Story) -> None:
    """Write how likes and comments grew between two captures of the same items."""
    captured = story.marts.ask(
        """
        select
            count(distinct (entity, item_id)) as item_count,
            max(capture_count) as capture_count,
            count(*) filter (where like_count_change is not null) as change_count,
            count(*) filter (
                where
                    like_count_change is not null
                    and (is_like_count_censored or is_previous_like_count_censored)
            ) as censored_count,
            median(days_since_previous) as days_median
        from capture_growth
        where capture_count > 1
        """
    )
    row = captured.row
    if not row["item_count"]:
        return
    story.subheading("engagement.growing")
    story.proof(
        "engagement.captured",
        captured,
        items=number(row["item_count"]),
        captures=number(row["capture_count"]),
        days=number(row["days_median"]),
        censored=number(row["censored_count"]),
        changes=number(row["change_count"]),
    )
    found = story.marts.ask(
        """
        select
            age_at_first_capture,
            entity,
            item_count,
            grown_share,
            grown_share_low,
            grown_share_high,
            shrunk_share,
            likes_per_day_median,
            likes_per_day_p90,
            interval_count
        from capture_growth_by_age
        order by
            entity desc,
            array_position(
                ['first day', 'days 1 to 7', 'days 7 to 30', 'after 30 days'],
                age_at_first_capture
            )
        """
    )
    if not found.frame.empty:
        story.table(
            "engagement.growth",
            found,
            (
                worded("age_at_first_capture", "age"),
                worded("entity"),
                "item_count",
                share("grown_share"),
                interval("grown_share_low", "grown_share_high", percent),
                share("shrunk_share"),
                "likes_per_day_median",
                "likes_per_day_p90",
            ),
            n=int(found.frame["interval_count"].sum()),
        )


def group_drift(story: Story) -> None:
    """Write which groups of earlier builds came back in later ones."""
    found = story.marts.ask(
        """
        select
            group_kind,
            build_number,
            drift_event,
            count(*) as group_count,
            sum(member_count)::bigint as member_count,
            median(jaccard_share) as jaccard_share
        from group_drift
        where build_number > 1
        group by group_kind, build_number, drift_event
        order by build_number desc, group_kind, drift_event
        """
    )
    # a first build has nothing to be compared with
    if found.frame.empty:
        return
    story.subheading("communities.lasting")
    story.table(
        "communities.drift",
        found,
        (
            worded("group_kind"),
            "build_number",
            worded("drift_event"),
            "group_count",
            "member_count",
            share("jaccard_share"),
        ),
        n=int(found.frame["group_count"].sum()),
        builds=number(int(found.frame["build_number"].nunique())),
    )
