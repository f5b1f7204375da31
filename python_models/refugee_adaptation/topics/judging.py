"""Which topic models a crawl carries: judged on held-out posts, chosen, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.shared.arrays import FloatArray
from refugee_adaptation.topics.coherence import match_lists, split_interval
from refugee_adaptation.topics.corpus import FORMAT_TRAITS, Corpus, TopicSettings
from refugee_adaptation.topics.fits import (
    DECIMALS,
    METHODS,
    Pull,
    TopicFit,
    fit_methods,
    learn_pull,
    smallest_share,
    weigh_posts,
)
from refugee_adaptation.topics.halves import Candidate, combined_p, judge_halves
from refugee_adaptation.topics.leakage import joint_auc, leakage_auc
from refugee_adaptation.wording.messages import message, nested


def judge_all(
    corpus: Corpus,
    whole: Corpus,
    numbers: Sequence[int],
    settings: TopicSettings,
) -> dict[Candidate, dict[str, Any]]:
    """Judge every method and number of topics that the vocabulary carries.

    Args:
        corpus: The judged posts without repeated text.
        whole: The same posts with all words, as they get weights.
        numbers: Numbers of topics.
        settings: See TopicSettings.

    Returns:
        For each candidate its columns of topic_model_selection.
    """
    share = smallest_share(corpus, settings)
    fits = fit_methods(corpus, METHODS, numbers, settings, share)
    asked = [
        (method, number)
        for method, number in fits
        if settings.only_method in ("", method)
        and settings.only_topic_count in (0, number)
    ]
    halves = list(judge_halves(corpus, METHODS, numbers, settings, asked))
    pulls: dict[str, Pull] = {}
    rows: dict[Candidate, dict[str, Any]] = {}
    for key, fit in fits.items():
        if key[0] not in pulls:
            pulls[key[0]] = learn_pull(corpus, key[0], fit.word_index, settings)
        judged = [half for half in halves if key in half.own]
        own = np.array([half.own[key].mean() for half in judged] or [np.nan])
        random = np.array([half.random[key].mean() for half in judged] or [np.nan])
        low, high = split_interval(own - random)
        top = [words.tolist() for words in fit.top(settings.top_words)]
        # a half whose vocabulary is too small speaks against the candidate
        again = [match_lists(top, half.lists.get(key, []))[1].mean() for half in halves]
        p_values = [half.p_values.get(key, 1.0) for half in halves]
        row = {
            "vocabulary_count": len(fit.word_index),
            "lift_score": float((own - random).mean()),
            "lift_low": low,
            "lift_high": high,
            "replicate_count": settings.replicates * len(judged),
            "p_value": combined_p(p_values) if key in asked else np.nan,
            "npmi_score": float(own.mean()),
            "random_npmi_score": float(random.mean()),
            "stability_score": float(np.mean(again)) if again else np.nan,
            "diversity_score": len(set().union(*top)) / sum(map(len, top)),
            **_weight_scores(whole, fit, pulls[key[0]], settings),
        }
        row["met_target_count"] = len(_targets_met(row, settings))
        rows[key] = row
    return rows


def _weight_scores(
    corpus: Corpus, fit: TopicFit, pull: Pull, settings: TopicSettings
) -> dict[str, float]:
    """What the topic weights cover and what they tell of the posts' format."""
    seen = ~corpus.is_blank
    weights = np.round(weigh_posts(corpus, fit, pull, settings)[seen], DECIMALS)
    authors = corpus.authors[seen]
    traits = {name: trait[seen] for name, trait in corpus.traits.items()}
    leaks = {
        name: max(leakage_auc(weights, trait), joint_auc(weights, trait, authors))
        for name, trait in traits.items()
    }
    curved = [joint_auc(weights, traits[name], authors, True) for name in FORMAT_TRAITS]
    return {
        "coverage_share": float((weights.sum(axis=1) > 0).mean()),
        "title_auc": leaks["is_title_missing"],
        "body_auc": leaks["is_body_missing"],
        "marker_auc": leaks["has_topic_marker"],
        "leakage_auc": _largest([leaks[name] for name in FORMAT_TRAITS]),
        "language_auc": leaks["is_chinese"],
        "any_shape_auc": _largest(curved),
    }


def topic_quality(
    corpus: Corpus, fit: TopicFit, settings: TopicSettings
) -> dict[str, FloatArray]:
    """Held-out NPMI, its lift and the stability of each chosen topic, shape (k,)."""
    key = fit.method, fit.weights.shape[1]
    top = [words.tolist() for words in fit.top(settings.top_words)]
    found = []
    for half in judge_halves(corpus, [key[0]], [key[1]], settings):
        if key in half.own:
            partner, score = match_lists(top, half.lists[key])
            own = half.own[key][partner]
            found.append((own, own - half.random[key][partner], score))
        else:
            nothing = np.full(key[1], np.nan)
            found.append((nothing, nothing, np.zeros(key[1])))
    names = ("npmi_score", "lift_score", "stability_score")
    return dict(zip(names, np.nanmean(found, axis=0), strict=True))


def _targets_met(row: Mapping[Any, Any], settings: TopicSettings) -> list[str]:
    """Name the targets a candidate meets; a trait that does not vary cannot leak."""
    leakage = row["leakage_auc"]
    checks = {
        "lift": row["lift_score"] >= settings.min_lift and row["lift_low"] > 0,
        "stability": row["stability_score"] >= settings.min_stability,
        "coverage": row["coverage_share"] >= settings.min_coverage,
        "leakage": np.isnan(leakage) or leakage <= settings.max_leakage,
    }
    return [name for name, met in checks.items() if met]


def choose(frame: pd.DataFrame, settings: TopicSettings) -> None:
    """Choose in place: most targets met, then most topics at the price of no lift.

    Only what the evidence supports may be chosen: a lift whose interval lies above 0
    and that permuted words do not reach (p <= alpha), by topics that other authors'
    posts give again (least_stability). Among the supported that meet
    most targets, those whose lift the best lift's interval covers count as equal; of
    these the one with most topics is chosen, then the one with the highest lift.

    Args:
        frame: One row per candidate: method, topic_count and what judge_all returned;
            gets ``is_chosen`` and ``reason_message``.
        settings: See TopicSettings.
    """
    frame["is_chosen"] = False
    chosen: Any = None
    supported = (
        (frame["lift_low"] > 0)
        & (frame["p_value"] <= settings.alpha)
        & (frame["stability_score"] >= settings.least_stability)
    )
    if supported.any():
        most = frame.loc[supported, "met_target_count"].max()
        best = frame[supported & (frame["met_target_count"] == most)]
        leader = best.loc[best["lift_score"].idxmax()]
        equal = best[best["lift_score"] >= leader["lift_low"]]
        order = ["topic_count", "lift_score", "method"]
        chosen = equal.sort_values(order, ascending=[False, False, True]).index[0]
        frame.loc[chosen, "is_chosen"] = True
    frame["reason_message"] = [
        _reason(row, index == chosen, settings)
        for index, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _reason(row: Mapping[Any, Any], is_chosen: bool, settings: TopicSettings) -> str:
    """The message why a candidate was chosen or not."""
    if np.isnan(row["lift_score"]):
        if row["post_count"] < settings.min_posts:
            return message(
                "topics_too_few_posts",
                posts=row["post_count"],
                least=settings.min_posts,
            )
        return message("topics_too_few_common_words")
    met = _targets_met(row, settings)
    missed = [
        nested(message(f"target_{name}"))
        for name in ("lift", "stability", "coverage", "leakage")
        if name not in met
    ]
    verdict = nested(
        message("topics_miss", targets=missed) if missed else message("topics_meet_all")
    )
    if np.isnan(row["p_value"]):
        return message("topics_not_asked_for", verdict=verdict)
    evidence = {"p": row["p_value"], "replicates": int(row["replicate_count"])}
    if not row["lift_low"] > 0:
        return message("topics_no_lift", **evidence)
    if not row["p_value"] <= settings.alpha:
        return message("topics_null_reaches", verdict=verdict, **evidence)
    if not row["stability_score"] >= settings.least_stability:
        return message(
            "topics_not_again",
            stability=row["stability_score"],
            least=settings.least_stability,
            **evidence,
        )
    if is_chosen and (settings.only_method or settings.only_topic_count):
        return message("topics_asked_for", verdict=verdict, **evidence)
    if is_chosen:
        return message("topics_best", verdict=verdict, **evidence)
    return message("topics_supported", verdict=verdict, **evidence)


def _largest(values: Sequence[float]) -> float:
    """The largest of the values that are numbers; not a number where none is."""
    known = [value for value in values if not np.isnan(value)]
    return max(known) if known else float("nan")
