"""Adaptation groups and what sets them apart; change over time."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    both,
    chance,
    interval,
    made,
    person,
    said,
    share,
    worded,
)
from refugee_adaptation.report.marts import Answer, Row
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import (
    chart_term,
    say,
    term,
)
from refugee_adaptation.wording.numbers import (
    number,
    percent,
    points,
    span,
)

# features drawn for each group
MOST_FEATURES = 12
# people shown for each archetype, and letters of their clearest post
MOST_EXAMPLES = 3
EXAMPLE_LETTERS = 200


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
            reason,
            reason_zh
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
        reason=both(row, "reason"),
    )
    sizes = story.marts.ask(
        """
        select
            group_name,
            count(*) as user_count,
            median(name_margin_score) as name_margin_score,
            median(assignment_stability_share) filter (where post_count = 1)
                as one_post_stability,
            median(assignment_stability_share) filter (where post_count > 1)
                as more_posts_stability
        from adaptation_groups
        group by group_name
        order by user_count desc, group_name
        """
    )
    everyone = int(sizes.some().frame["user_count"].sum())
    story.table(
        "adaptation.sizes",
        sizes,
        (
            worded("group_name", "group"),
            "user_count",
            share("one_post_stability"),
            share("more_posts_stability"),
            "name_margin_score",
        ),
        n=everyone,
        judged=number(row["user_count"]),
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
            reason_zh,
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


def _archetypes(story: Story) -> None:
    """Where newcomers stand on each archetype, and whether that means something."""
    found = story.marts.ask(
        """
        select
            archetype,
            alpha,
            alpha_low,
            alpha_high,
            measurement_error,
            host_difference,
            host_difference_low,
            host_difference_high,
            share,
            share_low,
            share_high,
            member_count,
            reason,
            reason_zh
        from archetype_scores
        where alpha is not null
        order by archetype
        """
    )
    if found.frame.empty:
        return
    story.table(
        "adaptation.archetypes",
        found,
        (
            worded("archetype", "group"),
            "alpha",
            interval("alpha_low", "alpha_high"),
            "measurement_error",
            "host_difference",
            interval("host_difference_low", "host_difference_high"),
            share("share"),
            interval("share_low", "share_high", percent),
            said("reason"),
        ),
        n=int(found.frame["member_count"].max()),
    )


def _examples(story: Story) -> None:
    """Who stands highest on each archetype, by the post that shows it most."""
    found = story.marts.ask(
        f"""
        select
            examples.archetype,
            examples.user_id,
            examples.score,
            examples.post_id,
            left(posts.text_clean, {EXAMPLE_LETTERS}) as example_text
        from archetype_examples as examples
        left join fct_posts as posts on examples.post_id = posts.post_id
        where examples.archetype_rank <= {MOST_EXAMPLES}
        order by examples.archetype, examples.archetype_rank
        """
    )
    if found.frame.empty:
        return
    story.table(
        "adaptation.examples",
        found,
        (worded("archetype", "group"), person(), "score", "example_text"),
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
                and group_name not in ('unclassified', 'host')
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
            reason,
            reason_zh
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
        (
            worded("method"),
            "cluster_count",
            "silhouette_score",
            "null_silhouette_p95",
            chance("null_p_value"),
            "bootstrap_ari_mean",
            "jaccard_min",
            "is_shown",
            said("reason"),
        ),
        n=people.row["user_count"],
        others=(people,),
    )


def _is_share(row: Row) -> bool:
    return row["trait"] in ("chinese_words", "chinese_hashtags", "video")


def _trait_value(name: str, row: Row) -> Markup:
    value = row[name]
    is_fraction = _is_share(row) and isinstance(value, float)
    return Markup.escape(percent(value) if is_fraction else number(value))


def _change(name: str, row: Row) -> Markup:
    write = points if _is_share(row) else number
    return Markup.escape(write(row[name]))


def _change_interval(name: str, row: Row) -> Markup:
    write = points if _is_share(row) else number
    return Markup.escape(span(row[f"{name}_low"], row[f"{name}_high"], write))


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
        (
            worded("trait", "feature"),
            worded("comparison"),
            made("early_value", partial(_trait_value, "early_value")),
            made("late_value", partial(_trait_value, "late_value")),
            made("change", partial(_change, "change")),
            made("change_low", partial(_change_interval, "change"), "interval"),
            "early_user_count",
            "late_user_count",
            "shared_user_count",
        ),
    )
    split = story.marts.ask(
        """
        select
            trait,
            change,
            rate_part,
            rate_low,
            rate_high,
            composition_part,
            unmatched_part,
            matched_late_share,
            within_user_count,
            within_change,
            within_low,
            within_high
        from adaptation_change_split
        order by trait
        """
    )
    if not split.frame.empty:
        story.table(
            "adaptation.split",
            split,
            (
                worded("trait", "feature"),
                made("change", partial(_change, "change")),
                made("rate_part", partial(_change, "rate_part")),
                made("rate_low", partial(_change_interval, "rate"), "interval"),
                made("composition_part", partial(_change, "composition_part")),
                made("unmatched_part", partial(_change, "unmatched_part")),
                share("matched_late_share"),
                "within_user_count",
                made("within_change", partial(_change, "within_change")),
                made("within_low", partial(_change_interval, "within"), "interval"),
            ),
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
        story.table(
            "adaptation.within",
            within,
            (
                worded("people_set"),
                "user_count",
                share("first_chinese_share"),
                share("last_chinese_share"),
                "gained_count",
                "lost_count",
                chance("p_value"),
            ),
        )


def group_tile(story: Story) -> tuple[Tile, Answer]:
    """How many groups of people adapt alike."""
    found = story.marts.ask(
        """
        select max(cluster_count) filter (
            where is_shown and claims_structure
        ) as group_count
        from adaptation_model_selection
        """
    )
    count = found.row["group_count"]
    if count is None:
        return Tile("adaptation", say("short.none"), say("short.no_groups")), found
    return Tile("adaptation", number(count), say("short.groups")), found


ADAPTATION = Section(
    "adaptation",
    (_groups, _archetypes, _examples, _contrasts, _selection, _over_time),
)
