"""Unusual accounts: of which kinds, by which rules, and how sure that is."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import made, person, worded
from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term, say
from refugee_adaptation.wording.numbers import number, of_hundred

# accounts shown of each unusual kind
CLEAREST = 5


def _anomalies(story: Story) -> None:
    found = story.marts.ask(
        f"""
        with

        counted as (
            select
                anomaly_type,
                count(*) as user_count,
                sum(count(*)) over () as all_count
            from user_anomalies
            where abstention_reason is null
            group by anomaly_type
        )

        select
            anomaly_type,
            user_count,
            user_count / all_count as share,
            {wilson("user_count", "all_count", "low")} as share_low,
            {wilson("user_count", "all_count", "high")} as share_high,
            all_count
        from counted
        where anomaly_type <> 'none'
        order by user_count desc, anomaly_type
        """
    ).some()
    everyone = found.row["all_count"]
    flagged = int(found.frame["user_count"].sum())
    abstained = story.marts.ask(
        """
        select abstention_reason, count(*) as user_count
        from user_anomalies
        where abstention_reason is not null
        group by abstention_reason
        order by user_count desc, abstention_reason
        """
    )
    values = {
        "flagged": number(flagged),
        "all": number(everyone),
        "share": of_hundred(flagged / everyone),
        "left": number(int(abstained.frame["user_count"].sum())),
    }
    story.answer("anomalies.counted", "plain", found, **values)
    story.proof("anomalies.lead", abstained, **values)
    frame = found.frame.assign(
        name=[chart_term("anomaly", kind) for kind in found.frame["anomaly_type"]],
        value=found.frame["user_count"],
    )
    story.figure("anomalies.types", charts.ordered_bars(frame), found, n=everyone)


def _claims(story: Story) -> None:
    _, rows = claims(story, "bots_are_revealed", "silent_users")
    story.folded.append(proof(rows.values()))


def _rules(story: Story) -> None:
    """Tell how many people of each kind meet each rule."""
    found = story.marts.ask(
        """
        with

        met as (
            select unnest(reason_codes) as reason_code, anomaly_type
            from user_anomalies
            where abstention_reason is null
        )

        select
            reason_code,
            count(*) filter (where anomaly_type = 'bot-like') as bot_like,
            count(*) filter (where anomaly_type = 'promotion') as promotion,
            count(*) filter (where anomaly_type = 'influencer') as influencer,
            count(*) filter (where anomaly_type = 'silent') as silent,
            count(*) filter (where anomaly_type = 'other') as other,
            count(*) as user_count
        from met
        group by reason_code
        order by user_count desc, reason_code
        """
    )
    if not found.frame.empty:
        story.table(
            "anomalies.rules",
            found,
            (
                worded("reason_code"),
                "bot_like",
                "promotion",
                "influencer",
                "silent",
                "other",
                "user_count",
            ),
        )


def _evidence(row: Row) -> Markup:
    """Word each rule that an account meets with the values behind it."""
    values = {
        name: number(value)
        for name, value in row.items()
        if isinstance(value, (int, float))
    }
    return say("common.next").join(
        say(f"anomaly_evidence.{code}", **values) for code in row["reason_codes"]
    )


def _accounts(story: Story) -> None:
    """Show the clearest accounts of each kind; the query gives every one."""
    found = story.marts.ask(
        f"""
        with

        ranked as (
            select
                *,
                row_number() over (
                    partition by anomaly_type
                    order by
                        case anomaly_type
                            when 'bot-like' then independent_sign_count
                            when 'promotion'
                                then promotion_post_count + contact_post_count
                            when 'influencer' then like_count_max
                            when 'silent' then silent_post_count
                            else k_distance
                        end desc nulls last,
                        len(reason_codes) desc,
                        user_id
                ) as place
            from user_anomalies
            where anomaly_type <> 'none' and abstention_reason is null
        )

        select
            user_id,
            anomaly_type,
            reason_codes,
            post_count,
            like_count_max,
            silent_post_count,
            promotion_post_count,
            contact_post_count,
            hashtag_count_max,
            burst_count,
            round(60 * gap_minutes_min) as gap_seconds,
            round(stretch_hours_max) as stretch_hours_max,
            floor(clock_evidence) as clock_evidence,
            own_copy_count,
            copying_user_count,
            synchronised_user_count,
            k_distance
        from ranked
        order by place > {CLEAREST}, anomaly_type, place
        """
    )
    if found.frame.empty:
        return
    kinds = found.frame["anomaly_type"].value_counts()
    story.table(
        "anomalies.accounts",
        found,
        (
            person(),
            worded("anomaly_type", "anomaly"),
            made("reason_codes", _evidence),
        ),
        most=int(kinds.clip(upper=CLEAREST).sum()),
        whole=True,
        n=len(found.frame),
        clearest=CLEAREST,
    )


def _sensitivity(story: Story) -> None:
    """Say whether being far from everybody is more than being popular."""
    found = story.marts.ask(
        """
        select user_count, outlier_count, size_correlation
        from anomaly_sensitivity
        where is_chosen and size_correlation is not null
        """
    )
    for row in found.rows:
        story.proof(
            "anomalies.size" if row["size_correlation"] > 0.5 else "anomalies.not_size",
            found,
            rho=number(row["size_correlation"]),
            outliers=number(row["outlier_count"]),
            users=number(row["user_count"]),
        )


ANOMALIES = Section("anomalies", (_anomalies, _claims, _rules, _accounts, _sensitivity))
