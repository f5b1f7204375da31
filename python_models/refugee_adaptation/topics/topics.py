"""Topics of short bilingual posts: fitted, judged on held-out posts, or refused.

Four methods (fits) stand side by side, each for several numbers of topics. A
topic is worth showing when its words keep each other's company in posts it was not
fitted on more than random words of the same frequency and script do (held-out NPMI
lift), when it comes back from other samples (stability), when it does not merely show
how a post was crawled (leakage) and when most posts have one (coverage). Topics are
named only where words permuted over the posts do not reach their lift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.topics.corpus import (
    Corpus,
    TopicSettings,
    build_corpus,
    judged_part,
)
from refugee_adaptation.topics.fits import (
    DECIMALS,
    METHODS,
    TopicFit,
    fit_topics,
    learn_pull,
    smallest_share,
    weigh_posts,
)
from refugee_adaptation.topics.halves import Candidate
from refugee_adaptation.topics.judging import (
    choose,
    judge_all,
    topic_quality,
)
from refugee_adaptation.wording.frames import REASON_TYPES, worded_frame

NO_TOPIC = 0
_SHOWN_WORDS = 30

CANDIDATE_DTYPES = {
    "method": "string",
    "topic_count": "int64",
    "post_count": "int64",
    "vocabulary_count": "int64",
    "lift_score": "float64",
    "lift_low": "float64",
    "lift_high": "float64",
    "replicate_count": "int64",
    "p_value": "float64",
    "npmi_score": "float64",
    "random_npmi_score": "float64",
    "stability_score": "float64",
    "diversity_score": "float64",
    "coverage_share": "float64",
    "title_auc": "float64",
    "body_auc": "float64",
    "marker_auc": "float64",
    "leakage_auc": "float64",
    "language_auc": "float64",
    "any_shape_auc": "float64",
    "met_target_count": "int64",
    "is_chosen": "bool",
    **REASON_TYPES,
}
QUALITY_DTYPES = {
    "topic_number": "int64",
    "npmi_score": "float64",
    "lift_score": "float64",
    "stability_score": "float64",
}
TERM_DTYPES = {
    "topic_number": "int64",
    "term_rank": "int64",
    "word": "string",
    "script": "string",
    "weight": "float64",
    "exclusivity_share": "float64",
    "document_count": "int64",
    "npmi_score": "float64",
    "lift_score": "float64",
    "stability_score": "float64",
}
WEIGHT_DTYPES = {
    "post_id": "string",
    "post_number": "int64",
    "topic_number": "int64",
    "weight": "float64",
}


def judge_candidates(
    words: pd.DataFrame, posts: pd.DataFrame, settings: TopicSettings
) -> pd.DataFrame:
    """Judge every method and number of topics, and choose one or none.

    Args:
        words: See build_corpus.
        posts: See build_corpus.
        settings: See TopicSettings.

    Returns:
        One row per method and number of topics, columns CANDIDATE_DTYPES. Scores are
        null, with the reason, where the crawl is too small to judge.
    """
    numbers = sorted(set(settings.topic_counts))
    corpus, whole = judged_part(words, posts, settings)
    worded = int((corpus.word_totals > 0).sum())
    judged: dict[Candidate, dict[str, Any]] = {}
    if worded >= settings.min_posts:
        judged = judge_all(corpus, whole, numbers, settings)
    rows: list[dict[str, Any]] = [
        {"method": method, "topic_count": number, "post_count": worded}
        | judged.get((method, number), {})
        for method in METHODS
        for number in numbers
    ]
    frame = pd.DataFrame(rows).reindex(columns=list(CANDIDATE_DTYPES))
    counts = ["vocabulary_count", "replicate_count", "met_target_count"]
    frame[counts] = frame[counts].fillna(0)
    choose(frame, settings)
    return worded_frame(frame, CANDIDATE_DTYPES)


def describe_topics(
    words: pd.DataFrame,
    posts: pd.DataFrame,
    candidates: pd.DataFrame,
    settings: TopicSettings,
) -> pd.DataFrame:
    """Return the words of the chosen topics, with each topic's quality.

    Args:
        words: See build_corpus.
        posts: See build_corpus.
        candidates: What judge_candidates returned.
        settings: The same settings.

    Returns:
        One row per topic and word, columns TERM_DTYPES, topics numbered from 1 by
        size; no rows where no candidate was chosen.
    """
    corpus = build_corpus(words, posts)
    judged, whole = judged_part(words, posts, settings)
    fit = _chosen_fit(judged, whole, candidates, settings)
    if fit is None:
        return empty_frame(TERM_DTYPES)
    quality = topic_quality(judged, fit, settings)
    frequency = corpus.document_counts
    weight_of = dict(zip(fit.word_index.tolist(), fit.weights, strict=True))
    rows = []
    for topic, shown in enumerate(fit.top(_SHOWN_WORDS)):
        for rank, word in enumerate(shown.tolist()):
            weight = float(weight_of[word][topic])
            if weight <= 0:
                continue
            rows.append(
                (
                    topic + 1,
                    rank + 1,
                    corpus.words[word],
                    corpus.scripts[word],
                    weight,
                    weight / float(weight_of[word].sum()),
                    int(frequency[word]),
                    *(float(quality[name][topic]) for name in quality),
                )
            )
    return typed_frame(rows, TERM_DTYPES)


def assign_posts(
    words: pd.DataFrame,
    posts: pd.DataFrame,
    candidates: pd.DataFrame,
    settings: TopicSettings,
) -> pd.DataFrame:
    """Return the weight of every chosen topic in every post.

    Args:
        words: See build_corpus.
        posts: See build_corpus.
        candidates: What judge_candidates returned.
        settings: The same settings.

    Returns:
        One row per post and topic, columns WEIGHT_DTYPES; a post without a topic has
        one row, of topic 0 and weight 1. The weights of every post sum to 1.
    """
    corpus = build_corpus(words, posts)
    distinct = build_corpus(words, posts, "distinct_count")
    fit = _chosen_fit(*judged_part(words, posts, settings), candidates, settings)
    count = 1 if fit is None else fit.weights.shape[1]
    weights = np.zeros((len(corpus.post_ids), count))
    if fit is not None:
        pull = learn_pull(distinct, fit.method, fit.word_index, settings)
        weights = weigh_posts(corpus, fit, pull, settings)
    has_topic = weights.sum(axis=1) > 0
    with_topic = np.flatnonzero(has_topic)
    without = np.flatnonzero(~has_topic)
    rows = np.concatenate([np.repeat(with_topic, count), without])
    topics = np.concatenate(
        [
            np.tile(np.arange(1, count + 1), len(with_topic)),
            np.full(len(without), NO_TOPIC),
        ]
    )
    values = np.concatenate([weights[with_topic].ravel(), np.ones(len(without))])
    frame = pd.DataFrame(
        {
            "post_id": corpus.post_ids[rows],
            "post_number": corpus.post_numbers[rows],
            "topic_number": topics,
            "weight": values,
        }
    )
    ordered = frame.sort_values(["post_number", "topic_number"], ignore_index=True)
    return typed_frame(ordered, WEIGHT_DTYPES)


def planted_precision(
    shown: Sequence[Sequence[str]], planted: Mapping[str, set[str]]
) -> dict[str, float]:
    """Return how many of the words shown belong to the planted topic they stand for.

    Args:
        shown: First words of each fitted topic.
        planted: Words of each planted topic.

    Returns:
        For each planted topic the share of its best topic's words that it planted,
        each fitted topic standing for one planted topic at most (Hungarian algorithm);
        0 for a planted topic that no fitted one stands for.
    """
    names = sorted(planted)
    hits = np.array(
        [
            [len(planted[name] & set(words)) / max(len(words), 1) for words in shown]
            for name in names
        ]
    ).reshape(len(names), len(shown))
    rows, columns = linear_sum_assignment(-hits)
    found = dict(zip(rows.tolist(), hits[rows, columns].tolist(), strict=True))
    return {name: found.get(row, 0.0) for row, name in enumerate(names)}


def _chosen_fit(
    corpus: Corpus, whole: Corpus, candidates: pd.DataFrame, settings: TopicSettings
) -> TopicFit | None:
    """Fit the chosen candidate on the judged posts, topics ordered by size."""
    chosen = candidates[candidates["is_chosen"].astype(bool)]
    if chosen.empty:
        return None
    method, number = str(chosen["method"].iloc[0]), int(chosen["topic_count"].iloc[0])
    share = smallest_share(corpus, settings)
    fit = fit_topics(corpus, method, [number], settings, share).get(number)
    if fit is None:
        return None
    pull = learn_pull(corpus, method, fit.word_index, settings)
    weights = weigh_posts(whole, fit, pull, settings)
    size = np.round(weights.sum(axis=0), DECIMALS)
    return fit.reorder(np.argsort(-size, kind="stable"))
