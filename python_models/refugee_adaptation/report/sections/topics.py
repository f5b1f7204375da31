"""What the posts talk about: the topics' words, how common they are, and where."""

from __future__ import annotations

import pandas as pd

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    chance,
    interval,
    said,
    share,
    worded,
)
from refugee_adaptation.report.marts import Answer
from refugee_adaptation.report.story import Section, Story, Tile
from refugee_adaptation.report.texts import (
    chart_term,
    say,
    term,
    verbatim,
)
from refugee_adaptation.wording.numbers import (
    number,
    p_value,
    percent,
    span,
)

# words drawn for each topic
MOST_WORDS = 8
# letters of an example post
EXAMPLE_LETTERS = 160
# a month or a group with fewer posts is not drawn
LEAST_POSTS = 20
# letters of a topic's label on a wide chart
NAME_WIDTH = 34
# as many as the palette has colours
MOST_KINDS = 6


def _found(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            count(*) filter (where topic_id > 0) as topic_count,
            count(*) filter (where is_stable) as stable_count,
            max(method) as method,
            max(model_lift_score) as lift_score,
            max(model_lift_low) as lift_low,
            max(model_lift_high) as lift_high,
            max(model_p_value) as p_value,
            max(prevalence_share) filter (where topic_id = 0) as no_topic_share,
            max(post_count) as post_count
        from topics
        """
    )
    row = found.row
    if not row["topic_count"]:
        tried = story.marts.ask(
            """
            select
                count(*) as tried_count,
                max(lift_score) as lift_score,
                min(p_value) as p_value,
                max(post_count) as post_count
            from topic_model_selection
            """
        )
        story.notice(
            "topics.none",
            found,
            tried,
            tried=number(tried.row["tried_count"]),
            lift=number(tried.row["lift_score"]),
            p=p_value(tried.row["p_value"]),
        )
        return
    story.lead(
        "topics.lead",
        found,
        count=number(row["topic_count"]),
        posts=number(row["post_count"]),
        method=term("topic_method", row["method"]),
        lift=number(row["lift_score"]),
        interval=span(row["lift_low"], row["lift_high"]),
        p=p_value(row["p_value"]),
        stable=number(row["stable_count"]),
        without=percent(row["no_topic_share"]),
    )


def _words(story: Story) -> None:
    found = story.marts.ask(
        f"""
        select
            terms.topic_id,
            topics.topic_label,
            terms.word,
            terms.weight,
            terms.document_count,
            topics.post_count
        from topic_terms as terms
        inner join topics on terms.topic_id = topics.topic_id
        where terms.term_rank <= {MOST_WORDS}
        order by terms.topic_id, terms.term_rank
        """
    )
    if found.frame.empty:
        return
    frame = found.frame.assign(
        name=[verbatim(word, 14) for word in found.frame["word"]],
        value=found.frame["weight"],
    )
    titles = {
        topic: verbatim(f"{topic}: {words}")
        for topic, words in zip(
            found.frame["topic_id"], found.frame["topic_label"], strict=True
        )
    }
    story.figure(
        "topics.words",
        charts.small_bars(frame, "topic_id", titles, "weight"),
        found,
        n=int(found.frame["post_count"].max()),
        most=MOST_WORDS,
    )


def _examples(story: Story) -> None:
    found = story.marts.ask(
        f"""
        with

        examples as (
            select
                topic_id,
                topic_label,
                unnest(example_post_ids) as post_id,
                generate_subscripts(example_post_ids, 1) as place
            from topics
        )

        select
            examples.topic_id,
            examples.topic_label,
            examples.post_id,
            left(posts.text_clean, {EXAMPLE_LETTERS}) as example_text
        from examples
        inner join fct_posts as posts on examples.post_id = posts.post_id
        order by examples.topic_id, examples.place
        """
    )
    if found.frame.empty:
        return
    story.table("topics.examples", found, ("topic_label", "example_text"))


def _prevalence(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            topic_id,
            topic_label,
            main_share as value,
            main_low as low,
            main_high as high,
            main_post_count,
            post_count,
            author_count
        from topic_prevalence
        where scope = 'all'
        order by topic_id = 0, topic_id
        """
    )
    if len(found.frame) < 2:
        return
    story.figure(
        "topics.prevalence",
        charts.intervals(
            found.frame.assign(name=_names(found.frame)),
            "topic_share",
            zero=None,
            share=True,
        ),
        found,
        n=int(found.frame["post_count"].max()),
        authors=number(int(found.frame["author_count"].max())),
    )


def _names(frame: pd.DataFrame) -> list[str]:
    return [
        verbatim(f"{topic}: {words}", NAME_WIDTH)
        if topic
        else chart_term("topic", "none")
        for topic, words in zip(frame["topic_id"], frame["topic_label"], strict=True)
    ]


def _groups_hold(story: Story) -> bool:
    found = story.marts.ask(
        """
        select count(*) as shown_count
        from adaptation_model_selection
        where is_shown and claims_structure
        """
    )
    return bool(found.row["shown_count"])


def _compared(story: Story) -> None:
    for scope in ("month", "group"):
        if scope == "group" and not _groups_hold(story):
            continue
        found = story.marts.ask(
            f"""
            select
                scope_key as kind,
                topic_id,
                topic_label,
                main_share as value,
                main_low as low,
                main_high as high,
                main_post_count,
                post_count,
                author_count
            from topic_prevalence
            where
                scope = '{scope}'
                and topic_id > 0
                and scope_key <> 'unclassified'
                and post_count >= {LEAST_POSTS}
            order by topic_id, kind
            """
        )
        kinds = sorted(set(found.frame["kind"]))[-MOST_KINDS:]
        if len(kinds) < 2:
            continue
        frame = found.frame[found.frame["kind"].isin(kinds)]
        story.figure(
            f"topics.by_{scope}",
            charts.intervals(
                frame.assign(
                    name=_names(frame),
                    kind=[chart_term("group", kind) for kind in frame["kind"]],
                ),
                "topic_share",
                zero=None,
                share=True,
            ),
            found,
            n=int(frame.groupby("kind")["post_count"].max().sum()),
            least=LEAST_POSTS,
        )


def _table(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            topic_id,
            topic_words,
            main_post_count,
            is_stable,
            stability_score,
            npmi_score,
            lift_score
        from topics
        where topic_id > 0
        order by topic_id
        """
    )
    if not found.frame.empty:
        posts = story.marts.ask("select max(post_count) as post_count from topics")
        story.table(
            "topics.table",
            found,
            (
                "topic_id",
                "topic_words",
                "main_post_count",
                "is_stable",
                "stability_score",
                "npmi_score",
                "lift_score",
            ),
            n=posts.row["post_count"],
            others=(posts,),
        )


def _keywords(story: Story) -> None:
    found = story.marts.ask(
        """
        select keyword, script, document_count, document_share, tfidf_weight
        from keywords
        where scope = 'all' and not is_search_term
        order by keyword_rank
        limit 20
        """
    )
    if not found.frame.empty:
        story.table(
            "topics.keywords",
            found,
            (
                "keyword",
                worded("script"),
                "document_count",
                share("document_share"),
                "tfidf_weight",
            ),
        )


def _tried(story: Story) -> None:
    found = story.marts.ask(
        """
        select
            method as topic_method,
            topic_count,
            lift_score,
            lift_low,
            lift_high,
            stability_score,
            coverage_share,
            leakage_auc,
            any_shape_auc,
            p_value,
            is_chosen,
            reason,
            reason_zh
        from topic_model_selection
        order by is_chosen desc, met_target_count desc, lift_score desc
        """
    )
    if found.frame.empty:
        return
    judged = story.marts.ask(
        "select max(post_count) as post_count from topic_model_selection"
    )
    story.table(
        "topics.tried",
        found,
        (
            worded("topic_method"),
            "topic_count",
            "lift_score",
            interval("lift_low", "lift_high", heading="lift_low"),
            "stability_score",
            share("coverage_share"),
            "leakage_auc",
            "any_shape_auc",
            chance("p_value"),
            "is_chosen",
            said("reason"),
        ),
        n=judged.row["post_count"],
        others=(judged,),
    )


def topic_tile(story: Story) -> tuple[Tile, Answer]:
    """How many topics there are."""
    found = story.marts.ask(
        """
        select
            count(*) filter (where topic_id > 0) as topic_count,
            count(*) filter (where is_stable) as stable_count
        from topics
        """
    )
    row = found.row
    if not row["topic_count"]:
        return Tile("topics", say("short.none"), say("short.no_topics")), found
    words = say("short.topics", stable=number(row["stable_count"]))
    return Tile("topics", number(row["topic_count"]), words), found


TOPICS = Section(
    "topics",
    (_found, _words, _examples, _prevalence, _compared, _table, _keywords, _tried),
)
