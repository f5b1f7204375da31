"""The page in short: key numbers, then an answer to each question of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from markupsafe import Markup

from refugee_adaptation.report.columns import both
from refugee_adaptation.report.marts import Answer, NoRowsError, NotBuiltError, Row
from refugee_adaptation.report.sections import (
    adaptation,
    anomalies,
    communities,
    crawl,
    engagement,
    retention,
    topics,
)
from refugee_adaptation.report.sections.evidence import WRITERS
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import (
    say,
)
from refugee_adaptation.wording.numbers import (
    number,
    span,
)

# the claims that answer each question of the page; the first that the crawl can answer
# stands here, all others stand among the findings
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
TileMaker = Callable[[Story], tuple[Tile, Answer]]
TILES: tuple[TileMaker, ...] = (
    crawl.post_tile,
    crawl.newcomer_tile,
    engagement.engagement_tile,
    topics.topic_tile,
    adaptation.group_tile,
    anomalies.anomaly_tile,
    communities.community_tile,
    retention.retention_tile,
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
    tile, found = crawl.newcomer_tile(story)
    if found.row["share"] < LEAST_NEWCOMERS:
        story.notice("short.few_newcomers", found, share=tile.value)


def _key_numbers(story: Story) -> None:
    made = []
    for make_tile in TILES:
        try:
            made.append(make_tile(story))
        except (NotBuiltError, NoRowsError):
            # the section that the number would lead to says what is missing
            continue
    if made:
        story.tiles([tile for tile, _ in made], *(answer for _, answer in made))


def _numbers(row: Row) -> Markup:
    """Write the numbers of a finding, or why there are none."""
    if row["estimate"] is None:
        return Markup("{}").format(both(row, "reason"))
    write = WRITERS[row["unit"]]
    words = Markup("{} {}").format(both(row, "metric"), write(row["estimate"]))
    if row["interval_low"] is not None:
        words += f" {span(row['interval_low'], row['interval_high'], write)}"
    if row["null_value"] is not None:
        words += say(
            f"short.{BARS[row['decided_by'], row['side']]}",
            null=write(row["null_value"]),
            model=both(row, "null_model"),
        )
    return words + say("short.counted", n=number(row["n"]))


# what must pass the bar of a finding: by what decides, and on which side
BARS = {
    ("interval", "above"): "interval_above",
    ("interval", "below"): "interval_below",
    ("null", "above"): "estimate_above",
}


def _claims(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            finding_id,
            claim,
            claim_zh,
            verdict,
            metric,
            metric_zh,
            unit,
            side,
            decided_by,
            estimate,
            interval_low,
            interval_high,
            null_value,
            null_model,
            null_model_zh,
            n,
            reason,
            reason_zh
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
    story.claims(
        [(row["verdict"], both(row, "claim"), _numbers(row)) for row in answers]
    )


SUMMARY = Section("short", (_synthetic, _few_newcomers, _key_numbers, _claims))
