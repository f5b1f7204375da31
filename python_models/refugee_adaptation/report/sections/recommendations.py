"""What to show next, against showing what is popular."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    both,
    interval,
    judged,
    person,
    said,
    tone,
    worded,
)
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    chart_term,
    label,
    say,
    term,
)
from refugee_adaptation.wording.numbers import (
    number,
)


def _claims(story: Story) -> None:
    asked, judged_rows = claims(
        story,
        "recommendations_above_popularity",
        "recommendations_above_recent_popularity",
    )
    story.folded.append(proof(judged_rows.values()))
    popular = judged_rows.get("recommendations_above_popularity")
    recent = judged_rows.get("recommendations_above_recent_popularity")
    # without a strategy that could be judged there is no answer to give
    if popular is not None and recent is not None and popular["estimate"] is not None:
        answer = tone(popular["verdict"])
        lately = "_both" if recent["verdict"] == popular["verdict"] else ""
        story.answer(f"recommendations.is_{answer}{lately}", answer, asked)


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
            verdict_sentence,
            verdict_sentence_zh
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
        reasons = dict.fromkeys(both(row, "verdict_sentence") for row in rows)
        story.notice(
            "recommendations.untestable",
            found,
            reason=next(iter(reasons), ""),
        )
        return
    better = sum(row["verdict"] == "above popularity" for row in tested)
    story.proof(
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
        (
            worded("strategy"),
            worded("item_kind"),
            worded("adaptation_group", "group"),
            judged(),
            "recall",
            interval("recall_low", "recall_high"),
            "popularity_difference",
            interval("popularity_difference_low", "popularity_difference_high"),
            "recent_popularity_difference",
            interval(
                "recent_popularity_difference_low", "recent_popularity_difference_high"
            ),
            "user_count",
        ),
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
            reason,
            reason_zh
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
        (
            person(),
            worded("adaptation_group", "group"),
            worded("item_kind"),
            "item_id",
            worded("strategy"),
            judged(),
            said("reason"),
        ),
        n=everyone.row["user_count"],
        others=(everyone,),
    )


def _playbook(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            plays.action,
            plays.action_zh,
            plays.why,
            plays.why_zh,
            plays.adaptation_group,
            findings.claim,
            findings.claim_zh
        from playbook_recommendations as plays
        inner join findings on plays.finding_id = findings.finding_id
        order by plays.playbook_id
        """
    )
    if found.frame.empty:
        story.notice("recommendations.no_playbook", found)
        return
    story.html(
        Markup('<div class="kinds">{}</div>').format(
            Markup("").join(
                Markup(
                    '<article><h3>{}</h3><p>{}</p><p class="words">{}</p></article>'
                ).format(
                    both(row, "action"),
                    both(row, "why"),
                    say(
                        "recommendations.rests",
                        claim=both(row, "claim"),
                        group=term("group", row["adaptation_group"]),
                    ),
                )
                for row in found.rows
            )
        ),
        found,
    )


RECOMMENDATIONS = Section(
    "recommendations", (_claims, _evaluation, _playbook, _examples)
)
