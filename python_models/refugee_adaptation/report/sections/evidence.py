"""Findings with their verdicts, and the founding study's figures beside ours."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import say, term, texts
from refugee_adaptation.report.wording import number, percent


def claim_of(row: Row) -> Markup:
    """Word a claim: in English as the mart has it, in Chinese as the texts have it.

    Args:
        row: finding_id and claim.

    Returns:
        One `span` per language; the English one alone where no Chinese is at hand.
    """
    wording = texts().get(f"finding.{row['finding_id']}")
    if wording is None:
        return Markup("{}").format(row["claim"])
    return Markup('<span lang="en">{}</span><span lang="zh-Hans">{}</span>').format(
        row["claim"], wording["zh"]
    )


def _claim_with_note(row: Row) -> Markup:
    note = Markup("{} {} \u00b7 <code>{}</code>").format(
        say("column.claimed_by"),
        term("claimed_by", row["claimed_by"]),
        row["source_table"],
    )
    if row["reason"]:
        note += Markup(" \u00b7 {}").format(row["reason"])
    return Markup('{} <span class="numbers">{}</span>').format(claim_of(row), note)


def _null(row: Row) -> Markup:
    write = percent if _is_share(row) else number
    return Markup('{} <span class="numbers">{}</span>').format(
        write(row["null_value"]), row["null_model"] or ""
    )


def _is_share(row: Row) -> bool:
    return "share" in row["metric"].split()


def _findings(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim,
            verdict,
            metric,
            estimate,
            interval_low,
            interval_high,
            null_value,
            n,
            null_model,
            source_table,
            reason,
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
        columns=found.names[:-5],
        terms={"metric": "finding_metric"},
        written={"claim": _claim_with_note, "null_value": _null},
        percent_rows=_is_share,
        whole=True,
        most=200,
    )


def _replication(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            figure,
            verdict,
            published_value,
            reproduced_value,
            corrected_value,
            what_it_really_measures
        from study_replication
        where published_value is not null
        order by figure_number
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
    story.table("replication.table", found, most=200)


FINDINGS = Section("findings", (_findings,))
REPLICATION = Section("replication", (_replication,))
