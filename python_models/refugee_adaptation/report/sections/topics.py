"""What the posts talk about: the topics' words and posts, how common, and when."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from refugee_adaptation.report import charts
from refugee_adaptation.report.columns import (
    chance,
    interval,
    said,
    share,
    tone,
    worded,
)
from refugee_adaptation.report.sections.evidence import claims, proof
from refugee_adaptation.report.sections.wilson import wilson
from refugee_adaptation.report.story import Section, Story, quoted
from refugee_adaptation.report.texts import label, say, term, verbatim
from refugee_adaptation.wording.numbers import (
    number,
    of_hundred,
    p_value,
    percent,
    span,
)

# words shown of each topic, posts, and letters of a post
MOST_WORDS = 8
MOST_EXAMPLES = 2
EXAMPLE_LETTERS = 160
# a week with fewer posts is not drawn, and fewer weeks make no curve
LEAST_POSTS = 20
LEAST_WEEKS = 3
# letters of a topic's label on a chart
NAME_WIDTH = 24
# as many as the palette has colours
MOST_TOPICS = 6


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
        story.answer("topics.is_against", "against", found)
        story.proof(
            "topics.none",
            found,
            tried,
            tried=number(tried.row["tried_count"]),
            lift=number(tried.row["lift_score"]),
            p=p_value(tried.row["p_value"]),
        )
        return
    largest = story.marts.ask(
        """
        select topic_label, prevalence_share
        from topics
        where topic_id > 0
        order by main_post_count desc, topic_id
        """
    )
    story.answer(
        "topics.is_for",
        "for",
        found,
        largest,
        count=number(row["topic_count"]),
        words=Markup("<bdi>{}</bdi>").format(largest.row["topic_label"][:60]),
    )
    story.proof(
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


def _claims(story: Story) -> None:
    asked, rows = claims(story, "topics_exist", "study_topics_cohere")
    story.folded.append(proof(rows.values()))
    decides = rows.get("topics_exist")
    if decides is not None and tone(decides["verdict"]) == "unknown":
        story.answer("topics.is_unknown", "unknown", asked)


def _kinds(story: Story) -> None:
    """Show the words of each topic beside its clearest posts."""
    found = story.marts.ask(
        f"""
        with

        words as (
            select
                topic_id,
                string_agg(word, ' \u00b7 ' order by term_rank) as words
            from topic_terms
            where term_rank <= {MOST_WORDS}
            group by topic_id
        ),

        examples as (
            select
                topic_id,
                unnest(example_post_ids[:{MOST_EXAMPLES}]) as post_id,
                generate_subscripts(example_post_ids[:{MOST_EXAMPLES}], 1) as place
            from topics
        ),

        posts as (
            select
                examples.topic_id,
                list(
                    left(
                        regexp_replace(posts.text_clean, '@\\S+', '@\u2026', 'g'),
                        {EXAMPLE_LETTERS + 1}
                    )
                    order by examples.place
                ) as example_texts
            from examples
            inner join fct_posts as posts on examples.post_id = posts.post_id
            group by examples.topic_id
        )

        select
            topics.topic_id,
            topics.topic_label,
            topics.main_post_count / topics.post_count as main_share,
            topics.is_stable,
            words.words,
            posts.example_texts
        from topics
        inner join words on topics.topic_id = words.topic_id
        left join posts on topics.topic_id = posts.topic_id
        where topics.topic_id > 0
        order by topics.main_post_count desc, topics.topic_id
        limit {MOST_TOPICS}
        """
    )
    if found.frame.empty:
        return
    story.html(
        Markup('<div class="kinds">{}</div>').format(
            Markup("").join(
                Markup(
                    "<article><h3><bdi>{}</bdi></h3><p>{}</p>"
                    '<p class="words"><bdi>{}</bdi></p>{}</article>'
                ).format(
                    row["topic_label"][:60],
                    say(
                        "topics.share" if row["is_stable"] else "topics.share_unstable",
                        share=of_hundred(row["main_share"]),
                    ),
                    row["words"][:200],
                    Markup("").join(
                        quoted(text, EXAMPLE_LETTERS)
                        for text in row["example_texts"] or ()
                    ),
                )
                for row in found.rows
            )
        ),
        found,
    )


def _weeks(story: Story) -> None:
    """Draw which share of each week's posts is mostly about each topic."""
    found = story.marts.ask(
        f"""
        with

        largest as (
            select topic_id
            from topics
            where topic_id > 0
            order by main_post_count desc, topic_id
            limit {MOST_TOPICS}
        ),

        judged as (
            select
                date_trunc('week', posts.post_date)::date as week,
                main.topic_id,
                main.topic_label
            from post_topics as main
            inner join fct_posts as posts on main.post_id = posts.post_id
            where main.is_main_topic
        ),

        weeks as (
            select week, count(*) as post_count
            from judged
            group by week
            having count(*) >= {LEAST_POSTS}
        ),

        counted as (
            select
                weeks.week,
                judged.topic_id,
                any_value(judged.topic_label) as topic_label,
                count(*) as main_count,
                any_value(weeks.post_count) as post_count
            from judged
            inner join weeks on judged.week = weeks.week
            where judged.topic_id in (select topic_id from largest)
            group by weeks.week, judged.topic_id
        )

        select
            week,
            topic_id,
            topic_label,
            main_count / post_count as value,
            {wilson("main_count", "post_count", "low")} as low,
            {wilson("main_count", "post_count", "high")} as high,
            post_count
        from counted
        order by topic_id, week
        """
    )
    if found.frame["week"].nunique() < LEAST_WEEKS:
        return
    frame = found.frame.assign(at=found.frame["week"], kind=_names(found.frame))
    story.figure(
        "topics.weeks",
        charts.panels(frame, "post_share", over="week"),
        found,
        n=int(found.frame.groupby("week")["post_count"].first().sum()),
        least=LEAST_POSTS,
    )


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
        order by topic_id = 0, main_post_count desc, topic_id
        """
    )
    if len(found.frame) < 2:
        return
    story.figure(
        "topics.prevalence",
        charts.intervals(
            found.frame.assign(name=_names(found.frame)),
            "post_share",
            zero=None,
            share=True,
        ),
        found,
        n=int(found.frame["post_count"].max()),
        authors=number(int(found.frame["author_count"].max())),
    )


def _names(frame: pd.DataFrame, width: int = NAME_WIDTH) -> list[str]:
    return [
        verbatim(words, width) if topic else label("topic.none")
        for topic, words in zip(frame["topic_id"], frame["topic_label"], strict=True)
    ]


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
    """Draw the words that stand out, where no topic holds that would show them."""
    topics = story.marts.ask(
        "select count(*) as topic_count from topics where topic_id > 0"
    )
    if topics.row["topic_count"]:
        return
    found = story.marts.ask(
        """
        select
            keyword,
            script,
            document_count as value,
            document_share,
            tfidf_weight
        from keywords
        where scope = 'all' and not is_search_term
        order by keyword_rank
        limit 12
        """
    )
    if not found.frame.empty:
        frame = found.frame.sort_values(["value", "keyword"], ascending=[False, True])
        # a word and a hashtag may be written alike
        marks = ["#" if kind == "hashtag" else "" for kind in frame["script"]]
        frame["name"] = [
            verbatim(f"{mark}{word.removeprefix('#')}")
            for mark, word in zip(marks, frame["keyword"], strict=True)
        ]
        story.figure("topics.keywords", charts.ordered_bars(frame), found)


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


TOPICS = Section(
    "topics",
    (_found, _claims, _kinds, _prevalence, _weeks, _keywords, _table, _tried),
)
