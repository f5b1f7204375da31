"""Who stays, or why this crawl cannot tell; how far it can be predicted."""

from __future__ import annotations

from refugee_adaptation.report import charts
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term, term
from refugee_adaptation.report.wording import number


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
            is_identifiable,
            reason
        from retention_identifiability
        where grouping = 'all'
        order by outcome
        """
    )
    for row in found.some().rows:
        words = {"outcome": term("outcome", row["outcome"])}
        if row["is_identifiable"]:
            story.lead(
                "retention.identifiable",
                found,
                users=number(row["user_count"]),
                events=number(row["event_count"]),
                **words,
            )
        else:
            story.notice("retention.unknown", found, reason=row["reason"], **words)
    story.text("retention.caveat", found)


def _curves(story: Story) -> None:
    for outcome in ("still_active", "second_activity", "second_post"):
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
            order by kind, curves.day
            """
        )
        if found.frame.empty:
            continue
        people = int(found.frame.groupby("kind")["at_risk_count"].max().sum())
        frame = found.frame.assign(
            kind=[chart_term("registered", kind) for kind in found.frame["kind"]]
        )
        story.figure(
            f"retention.{outcome}", charts.survival(frame, outcome), found, n=people
        )


def _groups(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            outcome,
            grouping,
            group_name,
            user_count,
            event_count,
            followed_days,
            retained_28d_label,
            logrank_p_value,
            reason
        from retention_by_group
        order by outcome desc, grouping, group_name
        """
    )
    story.table("retention.groups", found, terms={"outcome": "outcome"}, most=60)


def _pool(story: Story) -> None:
    found = story.marts.ask(
        """
        select first_name, second_name, entity, pool_reading
        from retention_pool_bound
        order by entity, first_name, second_name
        """
    )
    if not found.frame.empty:
        story.table("retention.pool", found, most=12)


def _scores(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            label,
            model,
            validation,
            user_count,
            positive_count,
            base_rate_share,
            roc_auc,
            roc_auc_low,
            roc_auc_high,
            pr_auc,
            pr_auc_low,
            pr_auc_high,
            coalesce(
                reason,
                if(
                    is_above_baselines,
                    'above account age and crawl format alone',
                    'not above account age and crawl format alone'
                )
            ) as reading
        from retention_model_scores
        order by label, validation, roc_auc desc nulls last, model
        """
    )
    story.heading("retention.prediction")
    story.table("retention.scores", found, terms={"label": "outcome"}, most=40)


RETENTION = Section("retention", (_gate, _curves, _groups, _pool, _scores))
