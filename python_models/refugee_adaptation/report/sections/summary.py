"""The first screen: what this crawl is, and five findings with their pictures.

A sentence follows from the verdict of a claim and from numbers of the marts; where the
verdict is not "supported", the sentence says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import both, tone
from refugee_adaptation.report.marts import Answer, NoRowsError, NotBuiltError, Row
from refugee_adaptation.report.sections.evidence import WRITERS, claims, proof
from refugee_adaptation.report.story import Card, Section, Story
from refugee_adaptation.report.texts import chart_term, date, label, say, term
from refugee_adaptation.wording.numbers import number, of_hundred

# with a smaller share of newcomers a crawl is not one of refugees
LEAST_NEWCOMERS = 0.2
# fewer accounts make no curve
LEAST_ACCOUNTS = 20
# days drawn before the first newcomer and after the last of them but a few
DAYS_BEFORE = 10
DAYS_AFTER = 30
# people drawn in the picture of the circles, the most central first
MOST_POINTS = 500


def _synthetic(story: Story) -> None:
    """Say first of all when nothing here is about a person."""
    found = story.marts.ask(
        """
        select
            count(*) filter (where is_synthetic) as synthetic_count,
            count(*) as file_count
        from crawl_rows
        """
    )
    if found.row["synthetic_count"]:
        story.warning("short.synthetic")


def _few_newcomers(story: Story) -> None:
    """Say so when the crawl is hardly about the people of the title."""
    found = story.marts.ask(
        """
        select count(*) filter (where is_newcomer) / nullif(count(is_newcomer), 0)
            as share
        from dim_users
        where post_count > 0
        """
    )
    share = found.row["share"]
    if share is not None and share < LEAST_NEWCOMERS:
        story.warning("short.few_newcomers", share=of_hundred(share))


def _crawled(story: Story) -> None:
    """Say in a line what was crawled, and when the tables were built."""
    built = dt.datetime.fromtimestamp(story.marts.path.stat().st_mtime, dt.UTC)
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
    comments = story.marts.ask("select count(*) as comment_count from fct_comments")
    row = found.row
    if not row["post_count"]:
        story.warning("short.needs")
        return
    story.blocks.append(
        Markup('<p class="crawled">{}</p>').format(
            say(
                "short.crawled",
                posts=number(row["post_count"]),
                authors=number(row["author_count"]),
                comments=number(comments.row["comment_count"]),
                first=date(row["first_date"]),
                last=date(row["last_date"]),
                built=date(built),
            )
        )
    )


def _arrival(story: Story) -> Card:
    """Who is new, and how fast they came."""
    asked, rows = claims(story, "newcomers_are_most_authors")
    row = rows["newcomers_are_most_authors"]
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
    )
    frame = found.frame.assign(day=pd.to_datetime(found.frame["day"]))
    new = frame[frame["kind"] == "newcomer"]
    values: dict[str, Any] = {
        name: of_hundred(row[column])
        for name, column in (
            ("share", "estimate"),
            ("low", "interval_low"),
            ("high", "interval_high"),
        )
    }
    if len(new):
        days = _half_within(new)
        values |= {"days": number(days), "first": date(new["day"].min())}
        if row["verdict"] == "supported" and days == 1:
            values["kind"] = "day"
    chart = None
    if row["verdict"] == "supported":
        start = new["day"].min()
        shown = frame[
            frame["day"].between(
                start - pd.Timedelta(days=DAYS_BEFORE),
                start + pd.Timedelta(days=DAYS_AFTER),
            )
        ]
        if shown["value"].sum() >= LEAST_ACCOUNTS:
            chart = charts.arrivals(
                shown.assign(
                    order=(shown["kind"] != "newcomer").astype(int),
                    kind=[chart_term("axis", kind) for kind in shown["kind"]],
                )
            )
    elif row["estimate"] is not None:
        chart = charts.crowd(row["estimate"])
    return _card("people.card", row, chart, (found, asked), rows, **values)


def _half_within(new: pd.DataFrame) -> int:
    """Count the days of the shortest stretch in which half of the newcomers came."""
    counts = new.set_index("day")["value"].resample("D").sum()
    half, days = counts.sum() / 2, 1
    while counts.rolling(days).sum().max() < half:
        days += 1
    return days


def _language(story: Story) -> Card:
    """Did they take up Chinese, and was it the same people."""
    asked, rows = claims(story, "chinese_words_rise", "people_begin_to_write_chinese")
    row = rows["chinese_words_rise"]
    found = story.marts.ask(
        """
        select
            comparison as name,
            early_value as early,
            late_value as late,
            early_user_count,
            late_user_count,
            shared_user_count
        from adaptation_over_time
        where trait = 'chinese_words' and change is not null
        union all
        select
            'the same people',
            first_chinese_share,
            last_chinese_share,
            user_count,
            user_count,
            user_count
        from adaptation_within_person
        where people_set = 'posts more than a day apart' and user_count >= 10
        """
    ).some()
    first = found.row
    same = rows.get("people_begin_to_write_chinese")
    kind = ""
    if row["verdict"] == "supported":
        kind = "others"
        if first["shared_user_count"]:
            changed = same is not None and same["verdict"] == "supported"
            kind = "same" if changed else "unproved"
    frame = found.frame[found.frame["name"] != "same crawl format"]
    if not first["shared_user_count"]:
        frame = frame[frame["name"] != "the same people"]
    frame = frame.assign(name=[chart_term("comparison", n) for n in frame["name"]])
    return _card(
        "change.card",
        row,
        None if tone(row["verdict"]) == "unknown" else charts.steps(frame),
        (found, asked),
        rows,
        kind=kind,
        early=of_hundred(first["early"]),
        late=of_hundred(first["late"]),
        shared=number(first["shared_user_count"]),
    )


def _groups(story: Story) -> Card:
    """Are there kinds of newcomers, and how large is each."""
    asked, rows = claims(
        story,
        "adaptation_groups_exist",
        "group_imitator",
        "group_social_explorer",
        "group_cultural_adapter",
    )
    row = rows["adaptation_groups_exist"]
    found = story.marts.ask(
        """
        select
            group_name,
            count(*) as user_count,
            count(*) / sum(count(*)) over () as share
        from adaptation_groups
        where group_name <> 'host'
        group by group_name
        order by group_name = 'unclassified', share desc, group_name
        """
    )
    named = [one for one in found.rows if one["group_name"] != "unclassified"]
    if row["verdict"] != "supported" or not named:
        return _card("adaptation.card", row, _beyond(row), (asked,), rows)
    frame = pd.DataFrame(
        {
            "name": [chart_term("group", one["group_name"]) for one in found.rows],
            "value": [one["share"] for one in found.rows],
        }
    )
    return _card(
        "adaptation.card",
        row,
        charts.ordered_bars(frame, share=True),
        (found, asked),
        rows,
        count=number(len(named)),
        first=term("group", named[0]["group_name"]),
        share=of_hundred(named[0]["share"]),
    )


def _circles(story: Story) -> Card:
    """Do people form circles, and what holds them together."""
    asked, rows = claims(story, "communities_replies", "communities_hashtags")
    row = min(rows.values(), key=lambda one: one["verdict"] != "supported")
    kind = "reply" if row["finding_id"] == "communities_replies" else "shared_hashtag"
    if row["verdict"] != "supported":
        return _card(
            "communities.card",
            row,
            _beyond(row),
            (asked,),
            rows,
            ties=term("tie_kind", kind),
        )
    sizes = story.marts.ask(
        f"""
        select count(*) as circle_count, sum(user_count) as user_count
        from communities
        where tie_kind = '{kind}' and is_established
        """
    )
    found = story.marts.ask(
        f"""
        select
            places.x,
            places.y,
            (communities.community_number - 1) % 6 as colour
        from influencers as people
        inner join network_layout as places
            on
                people.tie_kind = places.tie_kind
                and people.user_id = places.user_id
        inner join communities
            on people.community_id = communities.community_id
        where people.tie_kind = '{kind}' and communities.is_established
        order by people.pagerank_rank, places.x, places.y
        limit {MOST_POINTS}
        """
    )
    return _card(
        "communities.card",
        row,
        charts.constellation(found.some().frame),
        (found, sizes, asked),
        rows,
        count=number(sizes.row["circle_count"]),
        users=number(sizes.row["user_count"]),
        ties=term("tie_kind", kind),
    )


def _stayed(story: Story) -> Card:
    """Who stayed, or why nobody can know it from here."""
    asked, rows = claims(story, "newcomers_stay")
    row = rows["newcomers_stay"]
    if tone(row["verdict"]) == "unknown":
        seen = story.marts.ask(
            """
            select
                seen_once_count,
                user_count,
                seen_once_count / nullif(user_count, 0) as share
            from retention_identifiability
            where grouping = 'all' and outcome = 'second_activity'
            """
        )
        once = seen.row
        return _card(
            "retention.card",
            row,
            charts.crowd(once["share"]) if once["share"] else None,
            (seen, asked),
            rows,
            once=of_hundred(once["share"]),
            users=number(once["user_count"]),
        )
    found = story.marts.ask(
        """
        select
            day,
            null::double as value,
            retained_low_share as low,
            coalesce(retained_ceiling_share, retained_high_share) as high,
            'at least and at most' as kind
        from retention_curves
        where outcome = 'still_active' and grouping = 'all'
        order by day
        """
    )
    return _card(
        "retention.card",
        row,
        charts.curves(
            found.some().frame.assign(at=found.frame["day"]), "still_active", height=105
        ),
        (found, asked),
        rows,
        low=of_hundred(row["interval_low"]),
        high=of_hundred(row["interval_high"]),
    )


def _beyond(row: Row) -> charts.Chart | None:
    """Draw a finding beside its bar, where it has both."""
    if row["estimate"] is None or row["null_value"] is None:
        return None
    return charts.beyond(
        row["estimate"],
        row["null_value"],
        (label("axis.found"), label("axis.needed")),
    )


def _card(
    key: str,
    row: Row,
    chart: charts.Chart | None,
    answers: tuple[Answer, ...],
    rows: dict[str, Row],
    *,
    kind: str = "",
    **values: Any,
) -> Card:
    """Word a card by the verdict of the claim that decides."""
    found = tone(row["verdict"])
    worded = "_".join(filter(None, (key, found, kind)))
    reason = both(row, "reason") if row["reason"] else ""
    written = WRITERS[row["unit"]](row["estimate"])
    values |= {"reason": reason, "estimate": written}
    return Card(
        key.split(".")[0],
        found,
        say(f"{worded}_title", **values),
        say(worded, **values),
        chart,
        answers,
        proof(rows.values()),
    )


CARDS: tuple[Callable[[Story], Card], ...] = (
    _arrival,
    _language,
    _groups,
    _circles,
    _stayed,
)


def _cards(story: Story) -> None:
    for make in CARDS:
        try:
            story.card(make(story))
        except (NotBuiltError, NoRowsError):
            # the section that the card would lead to says what is missing
            continue


SUMMARY = Section("short", (_synthetic, _few_newcomers, _crawled, _cards))
