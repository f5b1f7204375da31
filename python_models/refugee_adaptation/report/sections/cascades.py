"""Cascades and the adoption of hashtags, against what chance gives."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    both,
    chance,
    interval,
    judged,
    said,
    share,
    tone,
)
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    chart_term,
)
from refugee_adaptation.wording.numbers import (
    number,
    percent,
)


def _claims(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            findings.claim,
            findings.claim_zh,
            findings.verdict,
            summary.estimate,
            summary.estimate_low,
            summary.estimate_high,
            summary.null_low,
            summary.null_high,
            summary.z_score,
            summary.p_value,
            summary.case_count,
            summary.is_identifiable,
            summary.reason,
            summary.reason_zh
        from cascade_summary as summary
        inner join findings on summary.claim = findings.finding_id
        order by summary.is_identifiable desc, summary.claim
        """
    )
    rows = found.some().rows
    supported = sum(row["verdict"] == "supported" for row in rows)
    testable = sum(bool(row["is_identifiable"]) for row in rows)
    collected = story.marts.ask(
        """
        select
            max(collected_count) as collected_count,
            max(declared_count) as declared_count
        from cascade_summary
        """
    )
    row = collected.row
    asked, judged_rows = claims(story, "hashtag_adoption", "breadth", "depth")
    story.folded.append(proof(judged_rows.values()))
    if not testable:
        reasons = dict.fromkeys(both(row, "reason") for row in rows)
        story.notice(
            "cascades.untestable",
            found,
            reason=Markup(" ").join(reasons),
        )
        return
    decides = judged_rows.get("hashtag_adoption")
    if decides is not None and decides["estimate"] is not None:
        answer = tone(decides["verdict"])
        story.answer(
            f"cascades.is_{answer}",
            answer,
            asked,
            share=percent(decides["estimate"]),
            null=percent(decides["null_value"]),
        )
    else:
        story.answer("cascades.is_unknown", "unknown", asked)
    story.proof(
        "cascades.lead",
        found,
        supported=number(supported),
        all=number(testable),
        untestable=number(len(rows) - testable),
    )
    if row["declared_count"]:
        story.text(
            "cascades.collected",
            collected,
            collected=number(row["collected_count"]),
            declared=number(row["declared_count"]),
            share=percent(row["collected_count"] / row["declared_count"]),
        )
    story.table(
        "cascades.claims",
        found,
        (
            said("claim"),
            judged(),
            "estimate",
            interval("estimate_low", "estimate_high"),
            interval("null_low", "null_high", heading="null_low"),
            "z_score",
            chance("p_value"),
            "case_count",
        ),
    )


def _against_null(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim,
            (estimate - null_mean) / null_sd as value,
            (estimate_low - null_mean) / null_sd as low,
            (estimate_high - null_mean) / null_sd as high,
            (null_low - null_mean) / null_sd as null_low,
            (null_high - null_mean) / null_sd as null_high,
            case_count
        from cascade_summary
        where is_identifiable and null_sd > 0
        order by claim
        """
    )
    if found.frame.empty:
        return
    frame = found.frame.assign(
        name=[chart_term("claim", claim) for claim in found.frame["claim"]]
    )
    story.figure(
        "cascades.against",
        charts.intervals(frame, "null_distance", null=True),
        found,
        least=number(int(found.frame["case_count"].min())),
        most=number(int(found.frame["case_count"].max())),
    )


def _adoption(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            exposure_label,
            exposure_label_zh,
            verdict,
            occasion_count,
            adoption_count,
            adoption_rate as adoption_share,
            adoption_rate_low as adoption_share_low,
            adoption_rate_high as adoption_share_high,
            null_rate_low as null_share_low,
            null_rate_high as null_share_high
        from hashtag_adoption
        order by exposure_count
        """
    )
    verdicts = [str(verdict) for verdict in found.frame["verdict"]]
    if not all(verdict.startswith("not identifiable") for verdict in verdicts):
        story.table(
            "cascades.adoption",
            found,
            (
                said("exposure_label"),
                judged(),
                "occasion_count",
                "adoption_count",
                share("adoption_share"),
                interval("adoption_share_low", "adoption_share_high", percent),
                interval(
                    "null_share_low",
                    "null_share_high",
                    percent,
                    heading="null_share_low",
                ),
            ),
        )


CASCADES = Section("cascades", (_claims, _against_null, _adoption))
