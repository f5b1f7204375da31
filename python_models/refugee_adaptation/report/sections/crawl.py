"""What was crawled and how complete it is; who came and when."""

from __future__ import annotations

import pandas as pd

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    interval,
    said,
    share,
    worded,
)
from refugee_adaptation.report.marts import Answer
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import (
    chart_term,
    label,
    say,
    verbatim,
)
from refugee_adaptation.wording.numbers import (
    moment,
    number,
    percent,
    span,
)

REGISTERED_FROM = "2024-12-01"
# fewer accounts make no curve
LEAST_ACCOUNTS = 20


def _crawled(story: Story) -> None:
    posts = story.marts.ask(
        """
        select
            count(*) as post_count,
            count(distinct user_id) as author_count,
            min(created_at) + interval 8 hour as first_at,
            max(created_at) + interval 8 hour as last_at
        from fct_posts
        """
    )
    comments = story.marts.ask("select count(*) as comment_count from fct_comments")
    rows = story.marts.ask(
        """
        select
            source_file,
            crawl_format,
            entity,
            raw_count,
            accepted_count,
            rejected_count,
            superseded_count
        from crawl_rows
        order by raw_count desc, source_file, entity
        """
    )
    total = rows.frame.sum(numeric_only=True)
    story.lead(
        "crawl.lead",
        posts,
        comments,
        rows,
        posts=number(posts.row["post_count"]),
        authors=number(posts.row["author_count"]),
        comments=number(comments.row["comment_count"]),
        first=moment(posts.row["first_at"]),
        last=moment(posts.row["last_at"]),
        raw=number(int(total["raw_count"])),
        accepted=number(int(total["accepted_count"])),
        rejected=number(int(total["rejected_count"])),
        superseded=number(int(total["superseded_count"])),
    )
    story.table(
        "crawl.rows",
        rows,
        (
            "source_file",
            "crawl_format",
            worded("entity"),
            "raw_count",
            "accepted_count",
            "rejected_count",
            "superseded_count",
        ),
    )


def _declared(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            sum(declared_comment_count) as declared_count,
            sum(collected_comment_count) as collected_count
        from crawl_coverage
        where field = 'comment_count'
        """
    )
    declared = found.row["declared_count"]
    if declared:
        story.text(
            "crawl.declared",
            found,
            declared=number(declared),
            collected=number(found.row["collected_count"]),
            share=percent(found.row["collected_count"] / declared),
        )


def _complete(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            entity,
            field,
            sum(row_count) as row_count,
            sum(present_share * row_count) / sum(row_count) as present_share,
            coalesce(
                sum(censored_share * row_count)
                filter (where censored_share is not null)
                / sum(row_count), 0
            ) as censored_share
        from crawl_coverage
        group by entity, field
        order by entity desc, present_share desc, field
        """
    ).some()
    frame = found.frame.assign(
        name=[
            chart_term("field", f"{entity} {field}")
            for entity, field in zip(
                found.frame["entity"], found.frame["field"], strict=True
            )
        ]
    )
    story.figure(
        "crawl.coverage",
        charts.coverage(frame),
        found,
        n=int(found.frame.groupby("entity")["row_count"].max().sum()),
    )


def _rejected(story: Story) -> None:
    found = story.marts.ask(
        """
        with

        reasons as (
            select
                entity,
                unnest(rejection_reasons) as reason,
                unnest(rejection_reasons_zh) as reason_zh
            from rejected_rows
        )

        select reason, reason_zh, entity, count(*) as row_count
        from reasons
        group by reason, reason_zh, entity
        order by row_count desc, reason, entity
        """
    )
    if not found.frame.empty:
        story.table(
            "crawl.rejected",
            found,
            (
                said("reason"),
                worded("entity"),
                "row_count",
            ),
            most=15,
        )


def _newcomers(story: Story) -> None:
    found = story.marts.ask(
        f"""
        with

        counted as (
            select
                count(*) filter (where is_newcomer) as newcomer_count,
                count(*) filter (where is_newcomer is not null) as known_count,
                min(
                    (account_created_at at time zone 'UTC')
                    at time zone 'Asia/Shanghai'
                ) filter (where is_newcomer) as first_at
            from dim_users
            where post_count > 0
        )

        select
            *,
            {wilson("newcomer_count", "known_count", "low")} as share_low,
            {wilson("newcomer_count", "known_count", "high")} as share_high
        from counted
        """
    )
    row = found.row
    if not row["known_count"]:
        story.notice("people.unknown", found)
        return
    story.lead(
        "people.lead",
        found,
        newcomers=number(row["newcomer_count"]),
        known=number(row["known_count"]),
        share=percent(row["newcomer_count"] / row["known_count"]),
        interval=span(row["share_low"], row["share_high"], percent),
        first=moment(row["first_at"])[:10],
    )


def _registered(story: Story) -> None:
    found = story.marts.ask(
        """
        with

        authors as (
            select
                is_newcomer,
                ((account_created_at at time zone 'UTC')
                at time zone 'Asia/Shanghai')::date as day
            from dim_users
            where post_count > 0 and account_created_at is not null
        )

        select
            day,
            if(is_newcomer, 'newcomer', 'established') as kind,
            count(*) as value
        from authors
        group by day, is_newcomer
        order by day, kind
        """
    ).some()
    start = pd.Timestamp(REGISTERED_FROM)
    shown = found.frame[pd.to_datetime(found.frame["day"]) >= start]
    if shown["value"].sum() < LEAST_ACCOUNTS:
        return
    frame = shown.assign(
        order=(shown["kind"] != "newcomer").astype(int),
        kind=[chart_term("axis", kind) for kind in shown["kind"]],
    )
    everyone = int(found.frame["value"].sum())
    story.figure(
        "people.registered",
        charts.day_counts(frame, "accounts"),
        found,
        n=everyone,
        before=number(everyone - int(shown["value"].sum())),
        all=number(everyone),
        start=REGISTERED_FROM,
    )


def _languages(story: Story) -> None:
    found = story.marts.ask(
        f"""
        with

        counted as (
            select
                case
                    when is_newcomer then 'newcomer'
                    when not is_newcomer then 'established'
                    else 'unknown'
                end as registered,
                language,
                count(*) as post_count,
                sum(count(*)) over (partition by is_newcomer) as all_count
            from fct_posts
            group by is_newcomer, language
        )

        select
            language,
            registered,
            post_count,
            post_count / all_count as share,
            {wilson("post_count", "all_count", "low")} as share_low,
            {wilson("post_count", "all_count", "high")} as share_high
        from counted
        order by registered, post_count desc, language
        """
    )
    story.table(
        "people.languages",
        found,
        (
            worded("language"),
            worded("registered"),
            "post_count",
            share("share"),
            interval("share_low", "share_high", percent),
        ),
        n=int(found.frame["post_count"].sum()),
    )


def _places(story: Story) -> None:
    found = story.marts.ask(
        """
        select coalesce(ip_place, 'unknown') as place, count(*) as user_count
        from dim_users
        where post_count > 0
        group by place
        order by user_count desc, place
        """
    ).some()
    frame = found.frame.head(12).rename(
        columns={"place": "name", "user_count": "value"}
    )
    frame["name"] = [
        label("axis.unknown") if name == "unknown" else verbatim(name)
        for name in frame["name"]
    ]
    if len(found.frame) > 1:
        story.figure(
            "people.first_places" if len(frame) < len(found.frame) else "people.places",
            charts.ordered_bars(frame, "users"),
            found,
            n=int(found.frame["user_count"].sum()),
            shown=len(frame),
            all=len(found.frame),
        )


def post_tile(story: Story) -> tuple[Tile, Answer]:
    """How many posts were crawled, by how many people, and when."""
    found = story.marts.ask(
        """
        select
            count(*) as post_count,
            count(distinct user_id) as author_count,
            min(post_date) as first_date,
            max(post_date) as last_date
        from fct_posts
        """
    )
    row = found.row
    words = say(
        "short.posts",
        authors=number(row["author_count"]),
        first=moment(row["first_date"])[:10],
        last=moment(row["last_date"])[:10],
    )
    return Tile("crawl", number(row["post_count"]), words), found


def newcomer_tile(story: Story) -> tuple[Tile, Answer]:
    """Which share of the authors are newcomers."""
    found = story.marts.ask(
        f"""
        with

        counted as (
            select
                count(*) filter (where is_newcomer) as newcomer_count,
                count(is_newcomer) as known_count
            from dim_users
            where post_count > 0
        )

        select
            newcomer_count / known_count as share,
            {wilson("newcomer_count", "known_count", "low")} as share_low,
            {wilson("newcomer_count", "known_count", "high")} as share_high
        from counted
        where known_count > 0
        """
    )
    row = found.row
    interval = span(row["share_low"], row["share_high"], percent)
    words = say("short.newcomers", interval=interval)
    return Tile("people", percent(row["share"]), words), found


CRAWL = Section("crawl", (_crawled, _declared, _complete, _rejected))
PEOPLE = Section("people", (_newcomers, _registered, _languages, _places))
