"""Topics: planted words recovered, and posts without topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from refugee_adaptation.evidence.recipe import recipe_topics
from refugee_adaptation.planted.results import (
    FALSE_CLAIMS,
    Plan,
    Result,
    Target,
    at_least,
    at_most,
    mean_of,
    result,
    share_of,
)
from refugee_adaptation.planted.topics import (
    TOPIC_NAMES,
    PlantedTopics,
    planted_topics,
    recover_topics,
    shuffle_words,
    stock_sentences,
)
from refugee_adaptation.topics.corpus import TopicSettings
from refugee_adaptation.topics.topics import (
    describe_topics,
    judge_candidates,
    planted_precision,
)

NAME = "topics"
METHODS = {"pmi_nmf": "NMF of PMI", "tfidf_nmf": "NMF of TF-IDF"}
LOW_MIXING = 0.05
# cheaper, and no easier to claim topics with: fewer candidates, fewer halves
FEW = TopicSettings(splits=5, replicates=99, topic_counts=(2, 6))
PRECISION_TARGETS = {0.3: at_least(0.95), 0.6: at_least(0.90)}
DOMINANT = "posts whose main topic is the planted one"


def run(plan: Plan) -> Iterator[Result]:
    """Yield the rows of the table; see the module."""
    for posts in plan.choose((3000,), (700, 3000)):
        for noise in (0.3, 0.6):
            yield from _words(plan, posts, noise)
    if plan.is_full:
        yield from (_whole_method(plan, posts, 0.6) for posts in (300, 700, 3000))
    yield _null(plan, "no topics, common words alone", _common_words)
    yield _null(plan, "no topics, words permuted", _permuted_words)
    yield _null(plan, "no topics, stock sentences", _stock_sentences)


def _words(plan: Plan, posts: int, noise: float) -> Iterator[Result]:
    """The factorisation alone, given the number of topics."""
    found: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
    study, trivial = [], []
    cell = f"topics, {noise:.0%} noise, {posts} posts"
    for seed in plan.seeds(cell, plan.choose(3, 20)):
        sample = planted_topics(posts, noise, LOW_MIXING, seed)
        for method in METHODS:
            settings = TopicSettings(seed=seed)
            found[method].append(recover_topics(sample, method, settings))
        study.append(_precision(sample, _study(sample)))
        trivial.append(_precision(sample, _most_frequent(sample)))
    for method, scores in found.items():
        rows = (
            ("precision", "top-10 precision, told the number of topics"),
            ("dominant_share", DOMINANT),
        )
        for key, metric in rows:
            is_precision = key == "precision"
            yield result(
                mean_of([score[key] for score in scores], 0, 1),
                experiment=NAME,
                method=METHODS[method],
                planted="6 topics, noise words (share)",
                separation=noise,
                sample_size=posts,
                unit="posts",
                metric=metric,
                study_recipe=float(np.mean(study)) if is_precision else np.nan,
                trivial_baseline=float(np.mean(trivial))
                if is_precision
                else 1 / len(TOPIC_NAMES),
                target=_target(method, noise) if is_precision else None,
            )


def _target(method: str, noise: float) -> Target | None:
    return PRECISION_TARGETS[noise] if method == "pmi_nmf" else None


def _whole_method(plan: Plan, posts: int, noise: float) -> Result:
    """The whole method: it must claim topics and choose method and number itself."""
    scores, study, trivial = [], [], []
    cell = f"topics, whole method, {noise:.0%} noise, {posts} posts"
    for seed in plan.seeds(cell, 10):
        sample = planted_topics(posts, noise, LOW_MIXING, seed)
        settings = TopicSettings(seed=seed)
        candidates = judge_candidates(sample.words, sample.posts, settings)
        terms = describe_topics(sample.words, sample.posts, candidates, settings)
        first = terms[terms["term_rank"] <= settings.top_words]
        shown = [words.tolist() for _, words in first.groupby("topic_number")["word"]]
        scores.append(_precision(sample, shown))
        study.append(_precision(sample, _study(sample)))
        trivial.append(_precision(sample, _most_frequent(sample)))
    return result(
        mean_of(scores, 0, 1),
        experiment=NAME,
        method="best of 4 NMFs, chosen by itself",
        planted="6 topics, noise words (share)",
        separation=noise,
        sample_size=posts,
        unit="posts",
        metric="top-10 precision, topics claimed by itself",
        study_recipe=float(np.mean(study)),
        trivial_baseline=float(np.mean(trivial)),
        detail=_draws(settings),
    )


def _null(
    plan: Plan, planted: str, draw: Callable[[int, int], PlantedTopics]
) -> Result:
    """Posts without topics: how often are topics claimed all the same?"""
    posts = plan.choose(400, 700)
    claims = []
    cell = f"topics, {planted}, {posts} posts"
    for seed in plan.seeds(cell, plan.choose(4, 40)):
        sample = draw(posts, seed)
        judged = judge_candidates(sample.words, sample.posts, replace(FEW, seed=seed))
        claims.append(bool(judged["is_chosen"].any()))
    return result(
        share_of(claims),
        part=FALSE_CLAIMS,
        experiment=NAME,
        method="best of 4 NMFs, chosen by itself",
        planted=planted,
        separation=0,
        sample_size=posts,
        unit="posts",
        metric="samples with topics claimed",
        study_recipe=1.0,
        trivial_baseline=1.0,
        target=at_most(0.05),
        detail=_draws(FEW),
    )


def _common_words(posts: int, seed: int) -> PlantedTopics:
    """Words that are drawn one by one."""
    return planted_topics(posts, 1.0, LOW_MIXING, seed)


def _permuted_words(posts: int, seed: int) -> PlantedTopics:
    """Words of topics and common ones, with their frequencies, permuted."""
    return shuffle_words(planted_topics(posts, 0.6, LOW_MIXING, seed), seed)


def _stock_sentences(posts: int, seed: int) -> PlantedTopics:
    """Permuted words, and sentences that many posts copy or change by a word."""
    return stock_sentences(_permuted_words(posts, seed), seed)


def _draws(settings: TopicSettings) -> str:
    return f"halves {settings.splits}, replicates {settings.replicates} each"


def _precision(sample: PlantedTopics, shown: list[list[str]]) -> float:
    """Mean over the planted topics; one that no shown topic stands for has 0."""
    return float(np.mean(list(planted_precision(shown, sample.topic_words).values())))


def _study(sample: PlantedTopics) -> list[list[str]]:
    """The study's recipe: NMF of a 50-word TF-IDF, always three topics."""
    words = sample.words
    spelt = words.loc[words.index.repeat(words["word_count"])]
    documents = spelt.groupby("post_number")["word"].agg(" ".join)
    return recipe_topics(documents.tolist())


def _most_frequent(sample: PlantedTopics) -> list[list[str]]:
    """The ten most frequent words, for every topic."""
    total = sample.words.groupby("word")["word_count"].sum()
    first = total.sort_values(ascending=False, kind="stable").head(10)
    return [first.index.tolist()] * len(TOPIC_NAMES)
