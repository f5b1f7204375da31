"""Who stays, or why this crawl cannot know it; how far it can be predicted."""

from __future__ import annotations

import re

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    both,
    chance,
    interval,
    made,
    said,
    share,
    worded,
)
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import (
    chart_term,
    say,
    term,
)
from refugee_adaptation.wording.numbers import (
    number,
    percent,
    span,
)


def _gate(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            outcome,
            user_count,
            event_count,
            median_followup_days,
            comment_coverage_share,
            sampling_share,
            mean_gap_days,
            is_identifiable,
            reason,
            reason_zh
        from retention_identifiability
        where grouping = 'all'
        order by outcome desc
        """
    )
    after = story.marts.ask(
        """
        select
            outcome,
            retained_28d_share as share,
            retained_28d_low_share as low,
            retained_28d_high_share as high,
            retained_28d_ceiling_share as ceiling
        from retention_by_group
        where grouping = 'all' and is_identifiable
        """
    )
    shares = {row["outcome"]: row for row in after.rows}
    refused: dict[Markup | str, list[Markup]] = {}
    for row in found.some().rows:
        name = term("outcome", row["outcome"])
        share = shares.get(row["outcome"])
        if not row["is_identifiable"]:
            refused.setdefault(both(row, "reason"), []).append(name)
        elif share is None or share["share"] is None:
            story.proof(
                "retention.short",
                found,
                after,
                outcome=name,
                users=number(row["user_count"]),
                events=number(row["event_count"]),
            )
        else:
            words = {
                "users": number(row["user_count"]),
                "share": percent(share["share"]),
                "interval": span(share["low"], share["high"], percent),
            }
            if share["ceiling"] is not None:
                words["ceiling"] = percent(share["ceiling"])
                words["gap"] = number(row["mean_gap_days"], digits=2)
            story.proof(f"retention.{row['outcome']}_lead", found, after, **words)
    # outcomes that cannot be known for one reason stand together
    for reason, names in refused.items():
        story.notice(
            "retention.unknown",
            found,
            outcomes=Markup(" / ").join(names),
            reason=reason,
        )


def _coverage(story: Story) -> None:
    """How much of these people's world the crawl holds, beside every curve."""
    found = story.marts.ask(
        """
        select
            max(comment_coverage_share) as comment_share,
            max(sampling_share) as pool_share
        from retention_identifiability
        where grouping = 'all' and is_identifiable
        """
    )
    comments, pool = found.row["comment_share"], found.row["pool_share"]
    if comments is not None:
        story.text(
            "retention.coverage", found, comments=percent(comments), pool=percent(pool)
        )
    elif pool is not None:
        story.text("retention.coverage_pool", found, pool=percent(pool))


def _curves(story: Story) -> None:
    for outcome in ("still_active", "second_activity"):
        found = story.marts.ask(
            f"""
            select
                curves.day,
                curves.group_name as kind,
                curves.at_risk_count,
                curves.retained_share as value,
                curves.retained_low_share as low,
                curves.retained_high_share as high
            from retention_curves as curves
            where
                curves.outcome = '{outcome}'
                and curves.grouping = 'newcomer'
                and curves.is_identifiable
            order by curves.group_name <> 'newcomer', kind, curves.day
            """
        )
        if found.frame.empty:
            continue
        people = int(found.frame.groupby("kind")["at_risk_count"].max().sum())
        frame = found.frame.assign(
            at=found.frame["day"],
            kind=[chart_term("registered", kind) for kind in found.frame["kind"]],
        )
        story.figure(
            f"retention.{outcome}", charts.curves(frame, outcome), found, n=people
        )


def _groups(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            outcome,
            group_name,
            grouping,
            user_count,
            event_count,
            followed_days,
            retained_28d_share as share,
            retained_28d_low_share as share_low,
            retained_28d_high_share as share_high,
            retained_28d_ceiling_share as ceiling_share,
            logrank_p_value,
            reason,
            reason_zh
        from retention_by_group
        where outcome = 'still_active' and grouping <> 'all'
        order by grouping, group_name
        """
    )
    # where no group can be followed, the sentences above say why
    if found.frame["share"].isna().all():
        return
    story.table(
        "retention.groups",
        found,
        (
            worded("group_name", "group"),
            worded("grouping"),
            "user_count",
            "event_count",
            "followed_days",
            share("share"),
            interval("share_low", "share_high", percent),
            share("ceiling_share"),
            chance("logrank_p_value"),
            said("reason"),
        ),
        most=60,
    )


def _pool(story: Story) -> None:
    found = story.marts.ask(
        """
        select first_name, second_name, entity, pool_reading, pool_reading_zh
        from retention_pool_bound
        order by entity, first_name, second_name
        """
    )
    if not found.frame.empty:
        story.table(
            "retention.pool",
            found,
            (
                worded("first_name", "capture"),
                worded("second_name", "capture"),
                worded("entity"),
                said("pool_reading"),
            ),
            most=12,
        )


def worded_covariate(covariate: str) -> Markup:
    """Word a covariate: a feature, or a level of a factor against its reference.

    Args:
        covariate: such as `log_partner_count` or `language: mixed (against en)`.

    Returns:
        Its wording in every language.
    """
    level = re.fullmatch(r"(\w+): (.+) \(against (.+)\)", covariate)
    if level is None:
        return term("feature", covariate)
    factor, name, reference = level.groups()
    group = {"group_name": "group"}.get(factor, factor)
    return say(
        "retention.level", name=term(group, name), reference=term(group, reference)
    )


def _hazards(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            covariate,
            hazard_ratio,
            hazard_ratio_low,
            hazard_ratio_high,
            p_value,
            if(is_proportional, 'constant', 'an average over time') as over_time,
            is_hindsight,
            user_count,
            event_count
        from retention_cox
        where outcome = 'leaving' and is_identifiable and hazard_ratio is not null
        order by is_hindsight, abs(ln(hazard_ratio)) desc, covariate
        """
    )
    if not found.frame.empty:
        story.table(
            "retention.hazards",
            found,
            (
                made("covariate", lambda row: worded_covariate(row["covariate"])),
                "hazard_ratio",
                interval("hazard_ratio_low", "hazard_ratio_high"),
                chance("p_value"),
                worded("over_time"),
                "is_hindsight",
            ),
            n=found.row["user_count"],
            events=number(found.row["event_count"]),
        )


def _scores(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            model,
            label,
            validation,
            user_count,
            positive_count,
            base_rate_share,
            roc_auc,
            roc_auc_low,
            roc_auc_high,
            pr_auc,
            if(
                is_above_baselines, 'above every baseline', 'not above every baseline'
            ) as reading
        from retention_model_scores
        where roc_auc is not null
        order by label, validation, roc_auc desc nulls last, model
        """
    )
    refused = story.marts.ask(
        """
        select distinct
            label,
            validation,
            reason,
            reason_zh
        from retention_model_scores
        where roc_auc is null and reason is not null and model <> 'majority'
        order by label, validation, reason
        """
    )
    if found.frame.empty and refused.frame.empty:
        return
    story.subheading("retention.prediction")
    for row in refused.rows:
        story.notice(
            "retention.not_scored",
            refused,
            label=term("outcome", row["label"]),
            validation=term("validation", row["validation"]),
            reason=both(row, "reason"),
        )
    if found.frame.empty:
        return
    early = story.marts.ask(
        """
        select distinct
            label,
            known_in_time_share
        from retention_model_scores
        where
            validation = 'temporal_split'
            and roc_auc is not null
            and known_in_time_share < 1
        order by label
        """
    )
    for row in early.rows:
        story.notice(
            "retention.known_in_time",
            early,
            label=term("outcome", row["label"]),
            share=percent(row["known_in_time_share"]),
        )
    story.table(
        "retention.scores",
        found,
        (
            worded("model"),
            worded("label", "outcome"),
            worded("validation"),
            "user_count",
            "positive_count",
            share("base_rate_share"),
            "roc_auc",
            interval("roc_auc_low", "roc_auc_high"),
            "pr_auc",
            worded("reading"),
        ),
        most=40,
    )


RETENTION = Section(
    "retention", (_gate, _coverage, _curves, _groups, _hazards, _pool, _scores)
)
