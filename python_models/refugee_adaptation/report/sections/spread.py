"""Cascades and recommendations, each against what chance or popularity gives."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term, label, sentence
from refugee_adaptation.report.wording import number, percent


def _claims(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim_sentence as claim,
            verdict,
            estimate,
            estimate_low,
            estimate_high,
            null_low,
            null_high,
            z_score,
            p_value,
            case_count,
            is_identifiable,
            reason
        from cascade_summary
        order by is_identifiable desc, cascade_summary.claim
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
    if not testable:
        reasons = dict.fromkeys(row["reason"] for row in rows)
        story.notice(
            "cascades.untestable",
            found,
            reason=Markup(" ").join(map(sentence, reasons)),
        )
        return
    story.lead(
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
        columns=found.names[:-2],
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
        story.table("cascades.adoption", found)


def _influence(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            influence_role,
            verdict,
            count(*) as user_count
        from cascade_influencers
        group by influence_role, verdict
        order by influence_role, user_count desc, verdict
        """
    )
    if not found.frame.empty:
        story.table(
            "cascades.influence",
            found,
            terms={"influence_role": "influence_role"},
            n=int(found.frame["user_count"].sum()),
        )


def _evaluation(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            strategy,
            item_kind,
            adaptation_group,
            verdict,
            estimate as recall,
            estimate_low as recall_low,
            estimate_high as recall_high,
            popularity_difference,
            popularity_difference_low,
            popularity_difference_high,
            recent_popularity_difference,
            recent_popularity_difference_low,
            recent_popularity_difference_high,
            user_count,
            is_identifiable,
            verdict_sentence
        from recommendation_evaluation
        where metric like 'recall%'
        order by
            item_kind,
            adaptation_group <> 'all',
            estimate desc nulls last,
            strategy
        """
    )
    rows = [
        row
        for row in found.some().rows
        if row["strategy"] != "popularity" and row["adaptation_group"] == "all"
    ]
    tested = [row for row in rows if row["is_identifiable"]]
    if not tested:
        reasons = dict.fromkeys(row["verdict_sentence"] for row in rows)
        story.notice(
            "recommendations.untestable",
            found,
            reason=sentence(next(iter(reasons), "")),
        )
        return
    better = sum(row["verdict"] == "above popularity" for row in tested)
    story.lead(
        "recommendations.lead", found, better=number(better), all=number(len(tested))
    )
    shown = found.frame[found.frame["popularity_difference_low"].notna()]
    shown = shown[(shown["strategy"] != "popularity") & shown["is_identifiable"]]
    shown = shown[shown["adaptation_group"] == "all"]
    if not shown.empty:
        kinds = ("note", "creator", "tag")
        drawn = charts.side_by_side(
            {
                label(f"item_kind.{kind}"): part.assign(
                    name=[chart_term("strategy", name) for name in part["strategy"]],
                    value=part["popularity_difference"],
                    low=part["popularity_difference_low"],
                    high=part["popularity_difference_high"],
                )
                for kind in kinds
                if not (part := shown[shown["item_kind"] == kind]).empty
            },
            "recall_difference",
        )
        story.figure(
            "recommendations.difference",
            drawn,
            found,
            n=int(shown["user_count"].max()),
        )
    story.table(
        "recommendations.evaluation",
        found,
        columns=found.names[:-2],
        terms={
            "item_kind": "item_kind",
            "strategy": "strategy",
            "adaptation_group": "group",
        },
    )


def _examples(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            user_id,
            adaptation_group,
            item_kind,
            item_id,
            strategy,
            strategy_verdict as verdict,
            reason
        from recommendations
        where
            recommendation_rank = 1
            and strategy_verdict <> 'not identifiable on this crawl'
        qualify row_number() over (
            partition by adaptation_group, item_kind order by user_id
        ) <= 2
        order by adaptation_group, item_kind, user_id
        limit 12
        """
    )
    if found.frame.empty:
        return
    everyone = story.marts.ask(
        "select count(distinct user_id) as user_count from recommendations"
    )
    story.table(
        "recommendations.examples",
        found,
        terms={
            "adaptation_group": "group",
            "item_kind": "item_kind",
            "strategy": "strategy",
        },
        n=everyone.row["user_count"],
        others=(everyone,),
    )


def _playbook(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            plays.action,
            plays.why,
            plays.adaptation_group,
            findings.claim
        from playbook_recommendations as plays
        inner join findings on plays.finding_id = findings.finding_id
        order by plays.playbook_id
        """
    )
    if found.frame.empty:
        story.notice("recommendations.no_playbook", found)
        return
    story.table(
        "recommendations.playbook",
        found,
        terms={"adaptation_group": "group"},
    )


CASCADES = Section("cascades", (_claims, _against_null, _adoption, _influence))
RECOMMENDATIONS = Section("recommendations", (_evaluation, _playbook, _examples))
