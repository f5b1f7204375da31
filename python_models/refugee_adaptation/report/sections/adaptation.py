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
    said,
    share,
    tone,
    worded,
)
from refugee_adaptation.report.marts import Row
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story, quoted
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
MOST_FEATURES = 8
# posts shown for each archetype, and letters of each
MOST_EXAMPLES = 2
LEAST_LETTERS = 20
EXAMPLE_LETTERS = 160
# a week with fewer posts is not drawn, and fewer weeks make no curve
LEAST_POSTS = 10
LEAST_WEEKS = 3


def _claims(story: Story) -> None:
    _, rows = claims(
        story,
        "adaptation_groups_exist",
        "group_imitator",
        "group_social_explorer",
        "group_cultural_adapter",
    )
    story.folded.append(proof(rows.values()))


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
    story.proof(
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


def _kinds(story: Story) -> None:
    """Define each kind of newcomer, and show it by posts that are clearest for it."""
    found = story.marts.ask(
        f"""
        with

        posts as (
            select
                examples.archetype,
                list(
                    left(
                        regexp_replace(posts.text_clean, '@\\S+', '@\u2026', 'g'),
                        {EXAMPLE_LETTERS + 1}
                    )
                    order by examples.archetype_rank
                )[:{MOST_EXAMPLES}] as example_texts
            from archetype_examples as examples
            inner join fct_posts as posts on examples.post_id = posts.post_id
            where length(posts.text_clean) >= {LEAST_LETTERS}
            group by examples.archetype
        )

        select
            scores.archetype,
            scores.share,
            scores.is_one_trait,
            posts.example_texts
        from archetype_scores as scores
        left join posts on scores.archetype = posts.archetype
        order by scores.share desc nulls last, scores.archetype
        """
    )
    shown = [row for row in found.rows if row["example_texts"]]
    if not shown:
        return
    claimed = any(row["share"] is not None for row in shown)
    story.text("adaptation.kinds" if claimed else "adaptation.kinds_unclaimed")
    story.html(
        Markup('<div class="kinds">{}</div>').format(
            Markup("").join(
                Markup("<article><h3>{}</h3><p>{}</p>{}</article>").format(
                    term("group", row["archetype"]),
                    say(f"adaptation.means_{row['archetype']}"),
                    Markup("").join(
                        quoted(text, EXAMPLE_LETTERS) for text in row["example_texts"]
                    ),
                )
                for row in shown
            )
        ),
        found,
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


def _weeks(story: Story) -> None:
    """Draw which share of each week's posts has Chinese words."""
    found = story.marts.ask(
        f"""
        with

        weeks as (
            select
                date_trunc('week', post_date)::date as week,
                count(*) filter (where language in ('zh', 'mixed')) as chinese_count,
                count(*) as post_count
            from fct_posts
            where language <> 'none' and post_date is not null
            group by week
        )

        select
            week,
            chinese_count / post_count as value,
            {wilson("chinese_count", "post_count", "low")} as low,
            {wilson("chinese_count", "post_count", "high")} as high,
            post_count
        from weeks
        where post_count >= {LEAST_POSTS}
        order by week
        """
    )
    if len(found.frame) < LEAST_WEEKS:
        return
    story.figure(
        "change.weeks",
        charts.curves(
            found.frame.assign(at=found.frame["week"], kind=""),
            "post_share",
            over="week",
        ),
        found,
        n=int(found.frame["post_count"].sum()),
        least=LEAST_POSTS,
    )


def _not_yet(story: Story) -> None:
    """Say why a change between the waves is not yet one of people."""
    asked, rows = claims(
        story,
        "chinese_words_rise",
        "chinese_words_rise_in_cohort",
        "chinese_words_rise_in_format",
        "people_begin_to_write_chinese",
    )
    story.folded.append(proof(rows.values()))
    same = rows.get("people_begin_to_write_chinese")
    if same is None:
        return
    found = story.marts.ask(
        """
        select user_count, gained_count, lost_count
        from adaptation_within_person
        where people_set = 'posts more than a day apart'
        """
    )
    row = found.row
    answer = tone(same["verdict"])
    story.answer(
        f"change.is_{answer}",
        answer,
        asked,
        found,
        users=number(row["user_count"]),
        gained=number(row["gained_count"]),
        lost=number(row["lost_count"]),
    )
    story.text("change.why")


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
    if found.frame["change_low"].isna().all():
        people = found.frame[["early_user_count", "late_user_count"]]
        least = number(int(people.max().min()))
        story.text("change.few_people", found, least=least)
        return
    story.table(
        "change.over_time",
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
            "change.split",
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
            "change.within",
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


ADAPTATION = Section(
    "adaptation", (_claims, _groups, _kinds, _contrasts, _archetypes, _selection)
)
CHANGE = Section("change", (_not_yet, _weeks, _over_time))
