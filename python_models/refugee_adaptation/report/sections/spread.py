"""Cascades and recommendations, each against what chance or popularity gives."""

from __future__ import annotations

from refugee_adaptation.report import charts
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term
from refugee_adaptation.report.wording import number, percent


def _claims(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim_sentence,
            verdict,
            estimate,
            estimate_low,
            estimate_high,
            null_low,
            null_high,
            z_score,
            p_value,
            case_count,
            reason
        from cascade_summary
        order by claim
        """
    )
    supported = sum(row["verdict"] == "supported" for row in found.some().rows)
    collected = story.marts.ask(
        """
        select
            max(collected_count) as collected_count,
            max(declared_count) as declared_count
        from cascade_summary
        """
    )
    share = None
    if collected.row["declared_count"]:
        share = collected.row["collected_count"] / collected.row["declared_count"]
    story.lead(
        "cascades.lead",
        found,
        collected,
        supported=number(supported),
        all=number(len(found.rows)),
        share=percent(share),
    )
    story.table("cascades.claims", found, terms={"claim_sentence": "claim_sentence"})


def _against_null(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            claim,
            estimate / null_mean as value,
            estimate_low / null_mean as low,
            estimate_high / null_mean as high,
            null_low / null_mean as null_low,
            null_high / null_mean as null_high,
            case_count
        from cascade_summary
        where is_identifiable and null_mean > 0
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
        charts.intervals(frame, "ratio", zero=1.0, null=True),
        found,
        n=int(found.frame["case_count"].max()),
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
    story.table("cascades.influence", found)


def _evaluation(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            item_kind,
            strategy,
            estimate,
            estimate_low,
            estimate_high,
            popularity_difference,
            popularity_difference_low,
            popularity_difference_high,
            user_count,
            verdict
        from recommendation_evaluation
        where metric like 'recall%'
        order by item_kind, estimate desc nulls last, strategy
        """
    )
    rows = found.some().rows
    better = sum(row["verdict"] == "above popularity" for row in rows)
    story.lead(
        "recommendations.lead", found, better=number(better), all=number(len(rows))
    )
    shown = found.frame[found.frame["popularity_difference_low"].notna()]
    shown = shown[shown["strategy"] != "popularity"]
    if not shown.empty:
        frame = shown.assign(
            name=[
                f"{kind}: {strategy.replace('_', ' ')}"
                for kind, strategy in zip(
                    shown["item_kind"], shown["strategy"], strict=True
                )
            ],
            value=shown["popularity_difference"],
            low=shown["popularity_difference_low"],
            high=shown["popularity_difference_high"],
        )
        story.figure(
            "recommendations.difference",
            charts.intervals(frame, "recall_difference"),
            found,
            n=int(shown["user_count"].max()),
        )
    story.table("recommendations.evaluation", found)


def _examples(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            user_id,
            adaptation_group,
            recommendation_rank,
            item_kind,
            item_id,
            strategy,
            strategy_verdict as verdict,
            reason
        from recommendations
        where recommendation_rank <= 2
        order by user_id, item_kind, recommendation_rank
        limit 12
        """
    )
    story.table("recommendations.examples", found, terms={"adaptation_group": "group"})


def _playbook(story: Story) -> None:
    found = story.marts.ask(
        """
        select action, why, adaptation_group, finding_sentence
        from playbook_recommendations
        order by playbook_id
        """
    )
    story.table("recommendations.playbook", found, terms={"adaptation_group": "group"})


CASCADES = Section("cascades", (_claims, _against_null, _adoption, _influence))
RECOMMENDATIONS = Section("recommendations", (_evaluation, _playbook, _examples))
