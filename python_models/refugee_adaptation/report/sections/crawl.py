"""What was crawled and how complete it is; who came and when."""

from __future__ import annotations

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    said,
    worded,
)
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    chart_term,
    date,
    label,
    verbatim,
)
from refugee_adaptation.wording.numbers import (
    number,
    percent,
    span,
)

# places drawn, those with the most people first
MOST_PLACES = 7


def _crawled(story: Story) -> None:
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
    story.text(
        "crawl.lead",
        rows,
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
    if not row["newcomer_count"]:
        story.text("people.unknown", found)
        return
    story.text("people.who", first=date(row["first_at"]))
    story.proof(
        "people.lead",
        found,
        newcomers=number(row["newcomer_count"]),
        known=number(row["known_count"]),
        share=percent(row["newcomer_count"] / row["known_count"]),
        interval=span(row["share_low"], row["share_high"], percent),
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
    kinds = [
        kind
        for kind in ("newcomer", "established")
        if kind in set(found.frame["registered"])
    ]
    shown = found.frame[found.frame["registered"].isin(kinds)]
    if shown.empty:
        return
    frame = shown.assign(
        name=[chart_term("language", name) for name in shown["language"]],
        kind=[chart_term("axis", kind) for kind in shown["registered"]],
        value=shown["share"],
        low=shown["share_low"],
        high=shown["share_high"],
    ).sort_values("registered", ascending=False, kind="stable")
    story.figure(
        "people.languages",
        charts.intervals(frame, "post_share", zero=None, share=True),
        found,
        n=int(shown["post_count"].sum()),
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
    frame = found.frame.head(MOST_PLACES).rename(
        columns={"place": "name", "user_count": "value"}
    )
    frame["name"] = [
        label("axis.unknown") if name == "unknown" else verbatim(name)
        for name in frame["name"]
    ]
    if len(found.frame) > 1:
        story.figure(
            "people.places",
            charts.ordered_bars(frame),
            found,
            n=int(found.frame["user_count"].sum()),
            shown=len(frame),
            all=len(found.frame),
        )


CRAWL = Section("crawl", (_crawled, _declared, _complete, _rejected))
PEOPLE = Section("people", (_newcomers, _places, _languages))
