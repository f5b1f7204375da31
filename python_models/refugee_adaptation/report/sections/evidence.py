"""Findings with their verdicts, and the founding study's figures beside ours."""

from __future__ import annotations

from collections import Counter

from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.wording import number


def _findings(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            area,
            sentence,
            verdict,
            estimate,
            interval_low,
            interval_high,
            null_value,
            n,
            metric,
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


FINDINGS = Section("findings", (_findings,))
REPLICATION = Section("replication", (_replication,))
