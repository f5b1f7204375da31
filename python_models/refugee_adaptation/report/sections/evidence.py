"""Findings with their verdicts, and the founding study's figures beside ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from markupsafe import Markup

from refugee_adaptation.report.columns import (
    both,
    chance,
    judged,
    made,
    said,
)
from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    say,
    term,
)
from refugee_adaptation.wording.numbers import (
    MINUS,
    MISSING,
    number,
    percent,
    points,
    span,
)


def _claim_with_note(row: Row) -> Markup:
    note = Markup("{} {} \u00b7 <code>{}</code>").format(
        say("column.claimed_by"),
        term("claimed_by", row["claimed_by"]),
        row["source_table"],
    )
    if row["verdict_alone"] != row["verdict"]:
        alone = term("verdict", row["verdict_alone"])
        note += Markup(" \u00b7 {}: {}").format(say("column.verdict_alone"), alone)
    if row["reason"]:
        note += Markup(" \u00b7 {}").format(both(row, "reason"))
    return Markup('{} <span class="numbers">{}</span>').format(both(row, "claim"), note)


# how the numbers of a finding are written, by its unit
WRITERS: Mapping[str, Callable[[Any], str]] = {
    "number": number,
    "share": percent,
    "points": points,
}


def _estimate(row: Row) -> Markup:
    return Markup.escape(WRITERS[row["unit"]](row["estimate"]))


def _interval(row: Row) -> Markup:
    write = WRITERS[row["unit"]]
    return Markup.escape(span(row["interval_low"], row["interval_high"], write))


def _bar(row: Row) -> Markup:
    return Markup('{} <span class="numbers">{}</span>').format(
        WRITERS[row["unit"]](row["null_value"]), both(row, "null_model")
    )


def _findings(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim,
            claim_zh,
            verdict,
            verdict_alone,
            metric,
            metric_zh,
            unit,
            estimate,
            interval_low,
            interval_high,
            null_value,
            p_value,
            p_adjusted,
            n,
            null_model,
            null_model_zh,
            source_table,
            reason,
            reason_zh,
            claimed_by,
            finding_id
        from findings
        order by area, finding_id
        """
    )
    counts = Counter(row["verdict"] for row in found.some().rows)
    story.lead(
        "findings.lead",
        found,
        all=number(counts.total()),
        supported=number(counts["supported"]),
        against=number(counts["not supported"]),
        unknown=number(counts["not identifiable on this crawl"]),
    )
    story.table(
        "findings.table",
        found,
        (
            made("claim", _claim_with_note),
            judged(),
            said("metric"),
            made("estimate", _estimate),
            made("interval_low", _interval),
            made("null_value", _bar),
            chance("p_value"),
            chance("p_adjusted"),
            "n",
        ),
        whole=True,
        most=200,
    )


def _figure(name: str, row: Row) -> Markup:
    """Write a figure with every digit it has, thousands apart; or the words it is."""
    value = row[name]
    if value is None:
        return Markup(MISSING)
    if not re.fullmatch(r"-?[0-9]+([.][0-9]+)?", value):
        return term("figure", value)
    written = f"{Decimal(value):,}".replace("-", MINUS)
    return Markup(written.removesuffix(".0"))


def _replication(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            figure,
            figure_zh,
            verdict,
            published_value,
            reproduced_value,
            corrected_value,
            what_it_really_measures,
            what_it_really_measures_zh
        from study_replication
        where published_value is not null
        order by verdict = 'not reproduced' desc, figure_number
        """
    )
    rows = found.some().rows
    counts = Counter(row["verdict"] for row in rows)
    ours = story.marts.ask(
        "select bool_or(is_study_file) as is_ours from study_replication"
    )
    story.lead(
        "replication.lead" if ours.row["is_ours"] else "replication.elsewhere",
        found,
        ours,
        all=number(len(rows)),
        reproduced=number(counts["reproduced"]),
        differ=number(counts["not reproduced"]),
        other=number(counts["another crawl"] + counts["not computed"]),
    )
    values = ("published_value", "reproduced_value", "corrected_value")
    story.table(
        "replication.table",
        found,
        (
            said("figure"),
            judged(),
            *(made(name, partial(_figure, name), numbers=True) for name in values),
            said("what_it_really_measures"),
        ),
        most=200,
    )


FINDINGS = Section("findings", (_findings,))
REPLICATION = Section("replication", (_replication,))
