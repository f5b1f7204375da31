"""Findings with their verdicts, and the founding study's figures beside ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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
    tone,
)
from refugee_adaptation.report.marts import Answer, Row
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    explained,
    say,
    term,
)
from refugee_adaptation.wording.numbers import (
    MINUS,
    MISSING,
    number,
    p_value,
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


# what must pass the bar of a finding: by what decides, and on which side
BARS = {
    ("interval", "above"): "interval_above",
    ("interval", "below"): "interval_below",
    ("null", "above"): "estimate_above",
}


def claims(story: Story, *names: str) -> tuple[Answer, dict[str, Row]]:
    """Read what became of some claims.

    Args:
        story: the page.
        names: ids of the claims, the one that decides first.

    Returns:
        The query and the rows by id, those that the crawl could answer first.

    Raises:
        NoRowsError: the build has none of them.
    """
    listed = ", ".join(f"'{name}'" for name in names)
    found = story.marts.ask(
        f"""
        select
            finding_id,
            claim,
            claim_zh,
            verdict,
            verdict_alone,
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
            p_value,
            p_adjusted,
            n,
            reason,
            reason_zh
        from findings
        where finding_id in ({listed})
        order by estimate is null, array_position([{listed}], finding_id)
        """
    )
    return found, {row["finding_id"]: row for row in found.some().rows}


def proof(rows: Iterable[Row]) -> Markup:
    """List claims with their verdicts and the numbers behind each.

    Args:
        rows: those of `claims`.

    Returns:
        A list.
    """
    return Markup('<ul class="claims">{}</ul>').format(
        Markup("").join(
            Markup(
                '<li>{} <b class="{}">{}</b> <span class="numbers">{}</span></li>'
            ).format(
                both(row, "claim"),
                tone(row["verdict"]),
                term("verdict", row["verdict"]),
                _numbers(row),
            )
            for row in rows
        )
    )


def _numbers(row: Row) -> Markup:
    """Write the numbers of a finding, or why there are none."""
    if row["estimate"] is None:
        return Markup("{}").format(both(row, "reason"))
    write = WRITERS[row["unit"]]
    metric = {"en": row["metric"], "zh": row["metric_zh"] or row["metric"]}
    words = Markup("{} {}").format(explained(metric), write(row["estimate"]))
    if row["interval_low"] is not None:
        words += f" {span(row['interval_low'], row['interval_high'], write)}"
    if row["null_value"] is not None:
        words += say(
            f"findings.{BARS[row['decided_by'], row['side']]}",
            null=write(row["null_value"]),
            model=both(row, "null_model"),
        )
    if row["p_adjusted"] is not None:
        written = p_value(row["p_adjusted"])
        equal = "" if written.startswith("<") else "=\u00a0"
        words += say("findings.p_adjusted", p=f"{equal}{written}")
    words += say("findings.counted", n=number(row["n"]))
    if row["verdict_alone"] != row["verdict"]:
        words += say("findings.alone", verdict=term("verdict", row["verdict_alone"]))
    return words


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
    story.text(
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
    story.text(
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
