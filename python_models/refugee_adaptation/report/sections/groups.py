"""Adaptation groups and what sets them apart; change over time; anomalies."""

from __future__ import annotations

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.sections.sql import wilson
from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.texts import chart_term, say, sentence, term
from refugee_adaptation.report.wording import number, percent, points, span

# features drawn for each group
MOST_FEATURES = 12
# accounts shown of each unusual kind
CLEAREST = 5


def _groups(story: Story) -> None:
    chosen = story.marts.ask(
        """
        select
            method,
            cluster_count,
            user_count,
            silhouette_score,
            null_silhouette_p95,
            bootstrap_ari_mean,
            jaccard_min,
            claims_structure,
            reason
        from adaptation_model_selection
        where is_shown
        """
    )
    rows = chosen.rows
    if not rows:
        _nothing_claimed(story)
        return
    row = rows[0]
    story.lead(
        "adaptation.lead" if row["claims_structure"] else "adaptation.no_structure",
        chosen,
        count=number(row["cluster_count"]),
        users=number(row["user_count"]),
        silhouette=number(row["silhouette_score"]),
        null=number(row["null_silhouette_p95"]),
        ari=number(row["bootstrap_ari_mean"]),
        jaccard=number(row["jaccard_min"]),
        reason=sentence(row["reason"]),
    )
    sizes = story.marts.ask(
        f"""
        with

        counted as (
            select
                group_name,
                count(*) as user_count,
                sum(count(*)) over () as all_count,
                median(assignment_stability_share) as assignment_stability_share,
                median(name_margin_score) as name_margin_score
            from adaptation_groups
            group by group_name
        )

        select
            group_name,
            user_count,
            user_count / all_count as share,
            {wilson("user_count", "all_count", "low")} as share_low,
            {wilson("user_count", "all_count", "high")} as share_high,
            assignment_stability_share,
            name_margin_score
        from counted
        order by user_count desc, group_name
        """
    )
    everyone = int(sizes.some().frame["user_count"].sum())
    judged = row["user_count"]
    story.table(
        "adaptation.sizes" if judged >= everyone else "adaptation.sizes_by_sample",
        sizes,
        terms={"group_name": "group"},
        n=everyone,
        judged=number(judged),
        all=number(everyone),
    )


def _nothing_claimed(story: Story) -> None:
    """Say why there are no groups: too few people, or none beyond chance."""
    tried = story.marts.ask(
        """
        select
            method,
            cluster_count,
            user_count,
            silhouette_score,
            null_silhouette_p95,
            reason,
            count(*) over () as tried_count
        from adaptation_model_selection
        where silhouette_score is not null
        order by silhouette_score - null_silhouette_p95 desc
        limit 1
        """
    )
    if tried.frame.empty:
        story.notice("adaptation.unchosen", tried)
        return
    row = tried.row
    story.notice(
        "adaptation.none_hold",
        tried,
        tried=number(row["tried_count"]),
        users=number(row["user_count"]),
        silhouette=number(row["silhouette_score"]),
        null=number(row["null_silhouette_p95"]),
        count=number(row["cluster_count"]),
        method=term("method", row["method"]),
    )


def _contrasts(story: Story) -> None:
    found = story.marts.ask(
        f"""
        with

        spread as (
            select
                *,
                contrast_score / nullif(contrast_value, 0) as per_unit
            from adaptation_group_profiles
            where
                contrast_score is not null
                and group_name <> 'unclassified'
        ),

        strongest as (
            select feature, max(abs(contrast_score)) as strength
            from spread
            where is_clustering_feature and is_distinctive
            group by feature
            order by strength desc, feature
            limit {MOST_FEATURES}
        )

        select
            spread.feature,
            spread.group_name,
            spread.user_count,
            spread.contrast_score as value,
            spread.contrast_low * spread.per_unit as low,
            spread.contrast_high * spread.per_unit as high
        from spread
        inner join strongest on spread.feature = strongest.feature
        order by strongest.strength desc, spread.feature, spread.group_name
        """
    )
    # nothing sets groups apart where none are claimed
    if found.frame.empty:
        return
    frame = found.frame.assign(
        name=[chart_term("feature", name) for name in found.frame["feature"]],
        kind=[chart_term("group", name) for name in found.frame["group_name"]],
    )
    story.figure(
        "adaptation.contrasts",
        charts.intervals(frame, "contrast"),
        found,
        n=int(found.frame.groupby("group_name")["user_count"].max().sum()),
    )


def _selection(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            method,
            cluster_count,
            silhouette_score,
            null_silhouette_p95,
            null_p_value,
            bootstrap_ari_mean,
            jaccard_min,
            is_shown,
            reason
        from adaptation_model_selection
        order by method, cluster_count
        """
    )
    if found.frame.empty:
        return
    people = story.marts.ask(
        "select max(user_count) as user_count from adaptation_model_selection"
    )
    story.table(
        "adaptation.selection",
        found,
        terms={"method": "method"},
        n=people.row["user_count"],
        others=(people,),
    )


def _is_share(row: Row) -> bool:
    return bool(row["trait"] != "hashtags_per_post")


def _change(row: Row) -> Markup:
    write = points if _is_share(row) else number
    return Markup.escape(write(row["change"]))


def _change_interval(row: Row) -> Markup:
    write = points if _is_share(row) else number
    return Markup.escape(span(row["change_low"], row["change_high"], write))


def _over_time(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            trait,
            comparison,
            early_value,
            late_value,
            change,
            change_low,
            change_high,
            early_user_count,
            late_user_count,
            shared_user_count
        from adaptation_over_time
        order by comparison, trait
        """
    )
    if found.frame.empty:
        return
    story.heading("adaptation.time")
    if found.frame["change_low"].isna().all():
        people = found.frame[["early_user_count", "late_user_count"]]
        least = number(int(people.max().min()))
        story.notice("adaptation.few_people", found, least=least)
        return
    story.table(
        "adaptation.over_time",
        found,
        terms={"comparison": "comparison", "trait": "feature"},
        percent_rows=_is_share,
        written={"change": _change, "change_low": _change_interval},
    )
    within = story.marts.ask(
        """
        select
            people_set,
            user_count,
            first_chinese_share,
            last_chinese_share,
            gained_count,
            lost_count,
            sign_test_p_value as p_value
        from adaptation_within_person
        order by user_count desc
        """
    )
    if not within.frame.empty:
        story.table("adaptation.within", within, terms={"people_set": "people_set"})


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
    story.lead(
        "anomalies.lead",
        found,
        abstained,
        flagged=number(flagged),
        all=number(everyone),
        share=percent(flagged / everyone),
        left=number(int(abstained.frame["user_count"].sum())),
    )
    story.table(
        "anomalies.types",
        found,
        columns=["anomaly_type", "user_count", "share", "share_low", "share_high"],
        terms={"anomaly_type": "anomaly"},
        n=everyone,
    )


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
        story.table("anomalies.rules", found, terms={"reason_code": "reason_code"})


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
            own_copy_count,
            copying_user_count,
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
        columns=["user_id", "anomaly_type", "reason_codes"],
        terms={"anomaly_type": "anomaly"},
        written={"reason_codes": _evidence},
        most=int(kinds.clip(upper=CLEAREST).sum()),
        whole=True,
        n=len(found.frame),
        clearest=CLEAREST,
    )


def _sensitivity(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            eps,
            neighbour_count_min,
            user_count,
            outlier_count,
            outlier_share,
            jaccard_score,
            size_correlation,
            is_chosen
        from anomaly_sensitivity
        order by neighbour_count_min, eps
        """
    )
    row = next((row for row in found.some().rows if row["is_chosen"]), None)
    if row is not None and row["size_correlation"] is not None:
        story.text(
            "anomalies.size" if row["size_correlation"] > 0.5 else "anomalies.not_size",
            found,
            rho=number(row["size_correlation"]),
            outliers=number(row["outlier_count"]),
            users=number(row["user_count"]),
        )
    story.table("anomalies.sensitivity", found, most=30)


ADAPTATION = Section("adaptation", (_groups, _contrasts, _selection, _over_time))
ANOMALIES = Section("anomalies", (_anomalies, _rules, _accounts, _sensitivity))
