"""Which topic models a crawl carries: judged on held-out posts, chosen, or refused."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.optimize import linear_sum_assignment

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.inference import permutation_p, ranked_auc
from refugee_adaptation.topics.corpus import (
    FORMAT_TRAITS,
    Corpus,
    TopicSettings,
    draw_authors,
    permute_words,
)
from refugee_adaptation.topics.fits import (
    DECIMALS,
    METHODS,
    TopicFit,
    fit_methods,
    npmi_matrix,
    smallest_share,
    weigh_posts,
)
from refugee_adaptation.wording.messages import message, nested

_PROGRESS_SECONDS = 5.0
# folds of authors behind the leakage of all weights, and the posts it needs
_FOLDS = 5
_LEAST_POSTS = 10
# added to weights before their logarithm
_SMALLEST_WEIGHT = 1e-3


def coherence(npmi: FloatArray, words: IntArray) -> float:
    """Return the mean NPMI of all pairs of a word list (positions in the matrix)."""
    count = len(words)
    if count < 2:
        return 0.0
    return float(npmi[np.ix_(words, words)].sum() / (count * (count - 1)))


def look_alikes(
    frequency: FloatArray, scripts: npt.NDArray[Any], neighbours: int = 10
) -> IntArray:
    """Return, for each word, the words of its script nearest to it in frequency.

    Args:
        frequency: Shape (v,), posts each word stands in.
        scripts: Shape (v,).
        neighbours: How many; where the script has fewer they are repeated.

    Returns:
        Positions, shape (v, neighbours); a word stands in its own row only where no
        other has its script.
    """
    pools = np.empty((len(scripts), neighbours), dtype=np.int64)
    size = np.log1p(frequency)
    for word in range(len(scripts)):
        others = np.flatnonzero(scripts == scripts[word])
        others = others[others != word] if len(others) > 1 else others
        distance = np.abs(size[others] - size[word])
        nearest = others[np.argsort(distance, kind="stable")][:neighbours]
        pools[word] = np.resize(nearest, neighbours)
    return pools


def random_coherence(
    npmi: FloatArray, pools: IntArray, rng: np.random.Generator, lists: int
) -> float:
    """Return the mean NPMI of random lists that look like a topic's word list.

    Args:
        npmi: Shape (v, v).
        pools: Shape (words, neighbours), what each word is replaced from (look_alikes).
        rng: Source of the draws.
        lists: Random lists to draw.

    Returns:
        The mean over the lists; a pair of one word with itself is left out.
    """
    words, neighbours = pools.shape
    drawn = rng.integers(neighbours, size=(lists, words))
    picked = pools[np.arange(words), drawn]
    left, right = picked[:, :, None], picked[:, None, :]
    differs = left != right
    pairs = np.maximum(differs.sum(axis=(1, 2)), 1)
    return float(
        (np.where(differs, npmi[left, right], 0).sum(axis=(1, 2)) / pairs).mean()
    )


def split_interval(values: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of a mean over random halves.

    The halves share posts, so the plain standard error is far too small; Nadeau and
    Bengio (2003) add the share of test to training posts, here 1, to 1 / draws.

    Args:
        values: One figure per split.

    Returns:
        Lower and upper bound; not a number for fewer than two splits.
    """
    draws = len(values)
    if draws < 2:
        return float("nan"), float("nan")
    error = float(np.std(values, ddof=1)) * np.sqrt(1 / draws + 1)
    half = float(stats.t.ppf(0.975, draws - 1)) * error
    mean = float(np.mean(values))
    return mean - half, mean + half


def match_lists(
    reference: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]
) -> tuple[IntArray, FloatArray]:
    """Pair the word lists of two sets of topics so that they share most.

    Args:
        reference: Word lists of k topics.
        other: Word lists of other topics.

    Returns:
        For each reference topic the position of its partner (-1 for none) and their
        Jaccard index (0 for none), by the Hungarian algorithm (Kuhn 1955).
    """
    jaccard = np.zeros((len(reference), len(other)))
    for row, mine in enumerate(map(set, reference)):
        for column, theirs in enumerate(map(set, other)):
            jaccard[row, column] = len(mine & theirs) / max(len(mine | theirs), 1)
    partner = np.full(len(reference), -1, dtype=np.int64)
    score = np.zeros(len(reference))
    rows, columns = linear_sum_assignment(-jaccard)
    partner[rows] = columns
    score[rows] = jaccard[rows, columns]
    return partner, score


def leakage_auc(weights: FloatArray, trait: BoolArray) -> float:
    """Return how well the best single topic weight ranks a trait of the posts.

    Args:
        weights: Shape (n, k).
        trait: Shape (n,).

    Returns:
        Largest area under the ROC curve over topics and directions, .5 to 1; not a
        number where the trait is constant.
    """
    if trait.all() or not trait.any():
        return float("nan")
    area = ranked_auc(np.round(weights, DECIMALS), trait)
    return float(np.max(np.maximum(area, 1 - area)))


def joint_auc(
    weights: FloatArray,
    trait: BoolArray,
    authors: IntArray,
    learner: Callable[[], Any] | None = None,
) -> float:
    """Return how well all topic weights rank a trait of unseen authors' posts.

    Args:
        weights: Shape (n, k).
        trait: Shape (n,).
        authors: Shape (n,), nobody is on both sides of a fold.
        learner: Makes a classifier; by default a logistic regression on log weights.

    Returns:
        Area under the ROC curve of the five folds' predictions, .5 at least: a learner
        worse than chance has learnt nothing. .5 as well where fewer than ten posts, or
        five authors, have the trait or lack it; not a number where it is constant.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    if trait.all() or not trait.any():
        return float("nan")
    people = min(len(np.unique(authors[trait])), len(np.unique(authors[~trait])))
    if min(trait.sum(), (~trait).sum()) < _LEAST_POSTS or people < _FOLDS:
        return 0.5
    inputs = np.log(weights + _SMALLEST_WEIGHT) if learner is None else weights
    score = np.full(len(trait), float(trait.mean()))
    for fitted, other in GroupKFold(_FOLDS).split(inputs, trait, authors):
        if trait[fitted].all() or not trait[fitted].any():
            continue
        model = LogisticRegression(max_iter=500) if learner is None else learner()
        model.fit(inputs[fitted], trait[fitted])
        score[other] = model.predict_proba(inputs[other])[:, 1]
    area = ranked_auc(np.round(score, DECIMALS)[:, None], trait)
    return max(float(area[0]), 0.5)


def any_shape_auc(corpus: Corpus, fit: TopicFit, settings: TopicSettings) -> float:
    """Return how well boosted trees rank a format trait by the topic weights.

    Trees find any relation, also that short posts keep near the average post, as the
    prior of weigh_posts wants it: a post without a body has few words.

    Args:
        corpus: The posts.
        fit: The topics.
        settings: See TopicSettings.

    Returns:
        The largest area under the ROC curve over the format traits (joint_auc); not a
        number where none varies.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    def trees() -> Any:
        return HistGradientBoostingClassifier(
            max_depth=3, max_iter=80, learning_rate=0.08, early_stopping=False
        )

    seen = ~corpus.is_blank
    weights = np.round(weigh_posts(corpus, fit, settings)[seen], DECIMALS)
    return _largest(
        [
            joint_auc(weights, corpus.traits[name][seen], corpus.authors[seen], trees)
            for name in FORMAT_TRAITS
        ]
    )


def null_p(lift: float, null: FloatArray) -> float:
    """Return the p value of a lift against the best lifts of shuffled crawls.

    As the null is the best over all candidates, the p value of each candidate holds for
    the whole choice (the max-T adjustment of Westfall and Young 1993); the smallest is
    that of the procedure.

    Args:
        lift: The candidate's lift.
        null: Best lift of each draw (best_null_lifts).

    Returns:
        The p value of permutation_p; not a number without draws.
    """
    if not len(null) or np.isnan(lift):
        return float("nan")
    return permutation_p(int((null >= lift).sum()), len(null))


def judge_all(
    corpus: Corpus, numbers: Sequence[int], settings: TopicSettings
) -> dict[tuple[str, int], dict[str, Any]]:
    """Judge every method and number of topics that the vocabulary carries."""
    share = smallest_share(corpus, settings)
    whole = fit_methods(corpus, METHODS, numbers, settings, share)
    if not whole:
        return {}
    say = _progress(settings.splits + settings.subsamples + settings.null_draws)
    halves = _said(_splits(settings), say)
    lifts = _held_out(corpus, METHODS, numbers, settings, share, halves)
    recurrence = _recurrence(corpus, whole, settings, share, say)
    methods, asked = _asked(METHODS, numbers, settings)
    null = best_null_lifts(corpus, methods, asked, settings, say)
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for key, fit in whole.items():
        own = np.array([scores[0].mean() for scores in lifts.get(key, [])] or [np.nan])
        random = np.array(
            [scores[1].mean() for scores in lifts.get(key, [])] or [np.nan]
        )
        low, high = split_interval(own - random)
        top = fit.top(settings.top_words)
        weights = weigh_posts(corpus, fit, settings)
        seen = ~corpus.is_blank
        leaks = {
            name: max(
                leakage_auc(weights[seen], trait[seen]),
                joint_auc(weights[seen], trait[seen], corpus.authors[seen]),
            )
            for name, trait in corpus.traits.items()
        }
        lift = float((own - random).mean())
        is_asked = key[0] in methods and key[1] in asked
        row = {
            "vocabulary_count": len(fit.word_index),
            "lift_score": lift,
            "lift_low": low,
            "lift_high": high,
            "null_draw_count": len(null),
            "null_lift_high": float(np.quantile(null, 1 - settings.alpha))
            if len(null)
            else np.nan,
            "p_value": null_p(lift, null) if is_asked else np.nan,
            "npmi_score": float(own.mean()),
            "random_npmi_score": float(random.mean()),
            "stability_score": float(recurrence[key].mean()),
            "diversity_score": len(np.unique(np.concatenate(top)))
            / sum(len(words) for words in top),
            "coverage_share": float((weights[seen].sum(axis=1) > 0).mean()),
            "title_auc": leaks["is_title_missing"],
            "body_auc": leaks["is_body_missing"],
            "marker_auc": leaks["has_topic_marker"],
            "leakage_auc": _largest([leaks[name] for name in FORMAT_TRAITS]),
            "language_auc": leaks["is_chinese"],
        }
        row["met_target_count"] = len(_targets_met(row, settings))
        rows[key] = row
    return rows


def _held_out(
    corpus: Corpus,
    methods: Sequence[str],
    numbers: Sequence[int],
    settings: TopicSettings,
    share: float,
    draws: Iterable[np.random.Generator],
    reference: Sequence[Sequence[int]] | None = None,
) -> dict[tuple[str, int], list[tuple[FloatArray, FloatArray]]]:
    """Fit on random halves of the authors, score on the others; one half per draw.

    Returns for each method and number, and each split, the NPMI of each topic's words
    and of random lists like them, in the order of the reference's topics if one is
    given.
    """
    found: dict[tuple[str, int], list[tuple[FloatArray, FloatArray]]] = {}
    for rng in draws:
        inside = draw_authors(corpus, 0.5, rng)
        part, other = (corpus.take(np.flatnonzero(rows)) for rows in (inside, ~inside))
        fits = fit_methods(part, methods, numbers, settings, share)
        npmi: FloatArray | None = None
        for key, fit in fits.items():
            if npmi is None:  # all methods share the defining words
                index = fit.word_index
                npmi = npmi_matrix(other.presence[:, index])
                pools = look_alikes(other.document_counts[index], corpus.scripts[index])
            own, random = _list_scores(fit, npmi, pools, settings, rng)
            if reference is not None:
                shown = [words.tolist() for words in fit.top(settings.top_words)]
                partner = match_lists(reference, shown)[0]
                own, random = own[partner], random[partner]
            found.setdefault(key, []).append((own, random))
    return found


def _said(
    draws: Iterable[np.random.Generator], say: Callable[[], None]
) -> Iterator[np.random.Generator]:
    """The same draws, each said when it is done."""
    for rng in draws:
        yield rng
        say()


def _splits(settings: TopicSettings) -> Iterator[np.random.Generator]:
    """The draws of the random halves, the same in every model of a build."""
    for draw in range(settings.splits):
        yield np.random.default_rng([settings.seed, 1, draw])


def _list_scores(
    fit: TopicFit,
    npmi: FloatArray,
    pools: IntArray,
    settings: TopicSettings,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """NPMI of each topic's words and of random lists like them, each of shape (k,)."""
    own, random = [], []
    for words in fit.top(settings.top_words):
        local = np.searchsorted(fit.word_index, words)
        own.append(coherence(npmi, local))
        random.append(random_coherence(npmi, pools[local], rng, settings.random_lists))
    return np.array(own), np.array(random)


def best_null_lifts(
    corpus: Corpus,
    methods: Sequence[str],
    numbers: Sequence[int],
    settings: TopicSettings,
    say: Callable[[], None] = lambda: None,
) -> FloatArray:
    """Return the best lift over all candidates where words say nothing of each other.

    Each draw permutes the words (permute_words) and judges every candidate on random
    halves, ``settings.null_splits`` of them. That is fewer than the observed lifts
    have, so that the best of the null's is the best of noisier means: higher than with
    as many, which can only make the test refuse more.

    Args:
        corpus: The judged posts.
        methods: Methods that might be chosen.
        numbers: Numbers of topics that might be chosen.
        settings: See TopicSettings.
        say: Called once per draw.

    Returns:
        Shape (draws,), fewer where a draw could not be judged.
    """
    share = smallest_share(corpus, settings)
    best = []
    for draw in range(settings.null_draws):
        rng = np.random.default_rng([settings.seed, 3, draw])
        permuted = permute_words(corpus, rng)
        halves = [rng] * settings.null_splits
        lifts = _held_out(permuted, methods, numbers, settings, share, halves)
        means = [
            float(np.mean([own.mean() - random.mean() for own, random in scores]))
            for scores in lifts.values()
        ]
        if means:
            best.append(max(means))
        say()
    return np.array(best, dtype=np.float64)


def _recurrence(
    corpus: Corpus,
    whole: Mapping[tuple[str, int], TopicFit],
    settings: TopicSettings,
    share: float,
    say: Callable[[], None],
) -> dict[tuple[str, int], FloatArray]:
    """Jaccard index of each topic with its like in 80 % of the posts, (draws, k)."""
    reference = {
        key: [words.tolist() for words in fit.top(settings.top_words)]
        for key, fit in whole.items()
    }
    methods = list(dict.fromkeys(method for method, _ in whole))
    numbers = sorted({number for _, number in whole})
    found: dict[tuple[str, int], list[FloatArray]] = {key: [] for key in whole}
    for draw in range(settings.subsamples):
        rng = np.random.default_rng([settings.seed, 2, draw])
        part = corpus.take(np.flatnonzero(draw_authors(corpus, 0.8, rng)))
        fits = fit_methods(part, methods, numbers, settings, share)
        for key in whole:
            if key not in fits:  # too few words in the subsample: nothing came back
                found[key].append(np.zeros(key[1]))
                continue
            again = [words.tolist() for words in fits[key].top(settings.top_words)]
            found[key].append(match_lists(reference[key], again)[1])
        say()
    return {
        key: np.array(rows) if rows else np.full((1, key[1]), np.nan)
        for key, rows in found.items()
    }


def topic_quality(
    corpus: Corpus, fit: TopicFit, settings: TopicSettings
) -> dict[str, FloatArray]:
    """Held-out NPMI, its lift and the stability of each chosen topic, shape (k,)."""
    key = fit.method, fit.weights.shape[1]
    share = smallest_share(corpus, settings)
    reference = [words.tolist() for words in fit.top(settings.top_words)]
    halves = _held_out(
        corpus, [key[0]], [key[1]], settings, share, _splits(settings), reference
    ).get(key, [])
    nothing = np.full((1, key[1]), np.nan)
    own = np.array([scores[0] for scores in halves]) if halves else nothing
    random = np.array([scores[1] for scores in halves]) if halves else nothing
    stability = _recurrence(corpus, {key: fit}, settings, share, _progress(0))[key]
    return {
        "npmi_score": own.mean(axis=0),
        "lift_score": (own - random).mean(axis=0),
        "stability_score": stability.mean(axis=0),
    }


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
    and that permuted words do not reach (p <= alpha). Among the supported that meet
    most targets, those whose lift the best lift's interval covers count as equal; of
    these the one with most topics is chosen, then the one with the highest lift.

    Args:
        frame: One row per candidate: method, topic_count and what judge_all returned;
            gets ``is_chosen`` and ``reason_message``.
        settings: See TopicSettings.
    """
    frame["is_chosen"] = False
    chosen: Any = None
    supported = (frame["lift_low"] > 0) & (frame["p_value"] <= settings.alpha)
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


def _asked(
    methods: Sequence[str], numbers: Sequence[int], settings: TopicSettings
) -> tuple[list[str], list[int]]:
    """The methods and numbers of topics that may be chosen."""
    return (
        [name for name in methods if settings.only_method in ("", name)],
        [number for number in numbers if settings.only_topic_count in (0, number)],
    )


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
    evidence = {"p": row["p_value"], "draws": int(row["null_draw_count"])}
    if not row["lift_low"] > 0:
        return message("topics_no_lift", **evidence)
    if not row["p_value"] <= settings.alpha:
        return message("topics_null_reaches", verdict=verdict, **evidence)
    if is_chosen and (settings.only_method or settings.only_topic_count):
        return message("topics_asked_for", verdict=verdict, **evidence)
    if is_chosen:
        return message("topics_best", verdict=verdict, **evidence)
    return message("topics_supported", verdict=verdict, **evidence)


def _largest(values: Sequence[float]) -> float:
    """The largest of the values that are numbers; not a number where none is."""
    known = [value for value in values if not np.isnan(value)]
    return max(known) if known else float("nan")


def _progress(total: int) -> Callable[[], None]:
    """Return a function to call once per draw; it says how far it is now and then."""
    done = 0
    said_at = time.monotonic()

    def say() -> None:
        nonlocal done, said_at
        done += 1
        now = time.monotonic()
        if done <= total and now - said_at >= _PROGRESS_SECONDS:
            said_at = now
            line = f"topics: {done} of {total} draws judged"
            print(line, file=sys.stderr, flush=True)

    return say
