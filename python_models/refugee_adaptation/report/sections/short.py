"""The page in short: key numbers, then an answer to each question of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from markupsafe import Markup

from refugee_adaptation.report.marts import Answer, NoRowsError, NotBuiltError, Row
from refugee_adaptation.report.sections.evidence import writer
from refugee_adaptation.report.sections.sql import wilson
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import say, sentence, term
from refugee_adaptation.report.wording import moment, number, percent, span

# the claims that answer each question of the page; the first that the crawl can answer
# is told, all others stand among the findings
QUESTIONS = (
    ("newcomers_are_most_authors",),
    ("topics_exist",),
    ("adaptation_groups_exist",),
    ("people_begin_to_write_chinese", "chinese_words_rise_in_cohort"),
    ("communities_replies", "communities_hashtags"),
    ("newcomers_stay",),
    ("hashtag_adoption",),
)

# with a smaller share of newcomers a crawl is not one of refugees
LEAST_NEWCOMERS = 0.2

Teller = Callable[[Story], tuple[Tile, Answer]]


def _posts(story: Story) -> tuple[Tile, Answer]:
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


def _newcomers(story: Story) -> tuple[Tile, Answer]:
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


def _engagement(story: Story) -> tuple[Tile, Answer]:
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


def _topics(story: Story) -> tuple[Tile, Answer]:
    found = story.marts.ask(
        """
        select
            count(*) filter (where topic_id > 0) as topic_count,
            count(*) filter (where is_stable) as stable_count
        from topics
        """
    )
    row = found.row
    if not row["topic_count"]:
        return Tile("topics", say("short.none"), say("short.no_topics")), found
    words = say("short.topics", stable=number(row["stable_count"]))
    return Tile("topics", number(row["topic_count"]), words), found


def _groups(story: Story) -> tuple[Tile, Answer]:
    found = story.marts.ask(
        """
        select max(cluster_count) filter (
            where is_shown and claims_structure
        ) as group_count
        from adaptation_model_selection
        """
    )
    count = found.row["group_count"]
    if count is None:
        return Tile("adaptation", say("short.none"), say("short.no_groups")), found
    return Tile("adaptation", number(count), say("short.groups")), found


def _anomalies(story: Story) -> tuple[Tile, Answer]:
    found = story.marts.ask(
        """
        select
            count(*) filter (where anomaly_type <> 'none') as flagged_count,
            count(*) as judged_count
        from user_anomalies
        where abstention_reason is null
        having count(*) > 0
        """
    )
    row = found.row
    words = say(
        "short.anomalies",
        flagged=number(row["flagged_count"]),
        all=number(row["judged_count"]),
    )
    share = percent(row["flagged_count"] / row["judged_count"])
    return Tile("anomalies", share, words), found


def _communities(story: Story) -> tuple[Tile, Answer]:
    found = story.marts.ask(
        """
        select
            count(*) filter (where is_established) as established_count,
            count(*) as community_count
        from communities
        """
    )
    row = found.row
    if not row["established_count"]:
        tile = Tile("communities", say("short.none"), say("short.no_communities"))
        return tile, found
    words = say("short.communities", all=number(row["community_count"]))
    return Tile("communities", number(row["established_count"]), words), found


def _stayed(story: Story) -> tuple[Tile, Answer]:
    found = story.marts.ask(
        """
        select
            is_identifiable,
            retained_28d_share,
            retained_28d_low_share,
            retained_28d_high_share,
            retained_28d_ceiling_share
        from retention_by_group
        where grouping = 'all' and outcome = 'still_active'
        """
    )
    row = found.row
    if not row["is_identifiable"] or row["retained_28d_share"] is None:
        return Tile("retention", say("short.unknown"), say("short.not_stayed")), found
    interval = span(
        row["retained_28d_low_share"], row["retained_28d_high_share"], percent
    )
    ceiling = percent(row["retained_28d_ceiling_share"])
    words = say("short.stayed", interval=interval, ceiling=ceiling)
    return Tile("retention", percent(row["retained_28d_share"]), words), found


TILES: tuple[Teller, ...] = (
    _posts,
    _newcomers,
    _engagement,
    _topics,
    _groups,
    _anomalies,
    _communities,
    _stayed,
)


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
        story.notice("short.synthetic", found)


def _few_newcomers(story: Story) -> None:
    """Say so when the crawl is hardly about the people of the title."""
    tile, found = _newcomers(story)
    if found.row["share"] < LEAST_NEWCOMERS:
        story.notice("short.few_newcomers", found, share=tile.value)


def _key_numbers(story: Story) -> None:
    told = []
    for tell in TILES:
        try:
            told.append(tell(story))
        except (NotBuiltError, NoRowsError):
            # the section that the number would lead to says what is missing
            continue
    if told:
        story.tiles([tile for tile, _ in told], *(answer for _, answer in told))


def _numbers(row: Row) -> Markup:
    """Write the numbers of a finding, or why there are none."""
    if row["estimate"] is None:
        return sentence(row["reason"] or "")
    write = writer(row["metric"])
    words = Markup("{} {}").format(
        term("finding_metric", row["metric"]), write(row["estimate"])
    )
    if row["interval_low"] is not None:
        words += f" {span(row['interval_low'], row['interval_high'], write)}"
    if row["null_value"] is not None:
        words += say(
            f"short.{_bar(row)}",
            null=write(row["null_value"]),
            model=sentence(row["null_model"]),
        )
    return words + say("short.counted", n=number(row["n"]))


def _bar(row: Row) -> str:
    """Tell what must pass the bar of a finding, and on which side."""
    if row["metric"].startswith("hazard ratio"):
        return "interval_below"
    # where the bar is an end of what chance gives, the estimate decides
    if row["interval_low"] is None or "percentile" in row["null_model"]:
        return "estimate_above"
    return "interval_above"


def _claims(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            finding_id,
            claim,
            verdict,
            metric,
            estimate,
            interval_low,
            interval_high,
            null_value,
            null_model,
            n,
            reason
        from findings
        order by area, finding_id
        """
    )
    rows = {row["finding_id"]: row for row in found.some().rows}
    counts = Counter(row["verdict"] for row in rows.values())
    story.lead(
        "short.lead",
        found,
        all=number(len(rows)),
        supported=number(counts["supported"]),
        against=number(counts["not supported"]),
        unknown=number(counts["not identifiable on this crawl"]),
    )
    answers = []
    for claims in QUESTIONS:
        asked = [rows[name] for name in claims if name in rows]
        asked.sort(key=lambda row: row["estimate"] is None)
        answers += asked[:1]
    story.claims([(row["verdict"], row["claim"], _numbers(row)) for row in answers])


SHORT = Section("short", (_synthetic, _few_newcomers, _key_numbers, _claims))
