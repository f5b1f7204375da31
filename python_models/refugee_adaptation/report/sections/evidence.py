"""Findings with their verdicts, and the founding study's figures beside ours."""

from __future__ import annotations

from collections import Counter

from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.wording import number


def _short(story: Story) -> None:
    found = story.marts.ask(
        """
        select area, claim, verdict
        from findings
        order by
            verdict = 'supported' desc,
            verdict = 'not identifiable on this crawl' desc,
            area,
            finding_id
        """
    )
    rows = found.some().rows
    counts = Counter(row["verdict"] for row in rows)
    story.lead(
        "short.lead",
        found,
        all=number(counts.total()),
        supported=number(counts["supported"]),
        against=number(counts["not supported"]),
        unknown=number(counts["not identifiable on this crawl"]),
    )
    story.claims([row for row in rows if row["verdict"] != "not supported"])


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
            null_model,
            n,
            area,
            claimed_by,
            reason,
            source_table
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
    story.table("findings.table", found, most=200)


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
    story.lead(
        "replication.lead",
        found,
        all=number(len(rows)),
        reproduced=number(counts["reproduced"]),
        differ=number(counts["not reproduced"]),
        other=number(counts["another crawl"] + counts["not computed"]),
    )
    story.table("replication.table", found, most=200)


SHORT = Section("short", (_short,))
FINDINGS = Section("findings", (_findings,))
REPLICATION = Section("replication", (_replication,))
