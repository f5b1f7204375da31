"""Which topic models a crawl carries: judged on held-out posts, chosen, or refused."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.optimize import linear_sum_assignment

from refugee_adaptation.methods.topic_corpus import (
    FORMAT_TRAITS,
    Corpus,
    Floats,
    Ints,
    TopicSettings,
    draw_authors,
)
from refugee_adaptation.methods.topic_fits import (
    DECIMALS,
    METHODS,
    TopicFit,
    fit_methods,
    npmi_matrix,
    smallest_share,
    weigh_posts,
)

_PROGRESS_SECONDS = 5.0


def coherence(npmi: Floats, words: Ints) -> float:
    """Return the mean NPMI of all pairs of a word list (positions in the matrix)."""
    count = len(words)
    if count < 2:
        return 0.0
    return float(npmi[np.ix_(words, words)].sum() / (count * (count - 1)))


def random_coherence(
    npmi: Floats,
    frequency: Floats,
    scripts: npt.NDArray[Any],
    words: Ints,
    rng: np.random.Generator,
    lists: int,
    neighbours: int = 10,
) -> float:
    """Return the mean NPMI of random lists that look like a topic's word list.

    Args:
        npmi: Shape (v, v).
        frequency: Shape (v,), posts each word stands in, where NPMI was measured.
        scripts: Shape (v,).
        words: Positions of the topic's words.
        rng: Source of the draws.
        lists: Random lists to draw.
        neighbours: Each word is replaced by one of this many words of the same script
            nearest to it in frequency.

    Returns:
        The mean over the lists; a pair of one word with itself is left out.
    """
    pools = np.empty((len(words), neighbours), dtype=np.int64)
    for row, word in enumerate(words):
        others = np.flatnonzero(scripts == scripts[word])
        others = others[others != word] if len(others) > 1 else others
        distance = np.abs(np.log1p(frequency[others]) - np.log1p(frequency[word]))
        nearest = others[np.argsort(distance, kind="stable")][:neighbours]
        pools[row] = np.resize(nearest, neighbours)
    drawn = rng.integers(neighbours, size=(lists, len(words)))
    picked = pools[np.arange(len(words)), drawn]
    left, right = picked[:, :, None], picked[:, None, :]
    differs = left != right
    pairs = np.maximum(differs.sum(axis=(1, 2)), 1)
    return float(
        (np.where(differs, npmi[left, right], 0).sum(axis=(1, 2)) / pairs).mean()
    )


def split_interval(values: Floats) -> tuple[float, float]:
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
) -> tuple[Ints, Floats]:
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


def leakage_auc(weights: Floats, trait: npt.NDArray[np.bool_]) -> float:
    """Return how well the best single topic weight tells a trait of the posts.

    Args:
        weights: Shape (n, k).
        trait: Shape (n,).

    Returns:
        Largest area under the ROC curve over topics and directions, .5 to 1; not a
        number where the trait is constant.
    """
    positives = int(trait.sum())
    negatives = len(trait) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = stats.rankdata(np.round(weights, DECIMALS), axis=0)
    area = ranks[trait].sum(axis=0) - positives * (positives + 1) / 2
    area = area / (positives * negatives)
    return float(np.max(np.maximum(area, 1 - area)))


def judge_all(
    corpus: Corpus, numbers: Sequence[int], settings: TopicSettings
) -> dict[tuple[str, int], dict[str, Any]]:
    """Judge every method and number of topics that the vocabulary carries."""
    share = smallest_share(corpus, settings)
    whole = fit_methods(corpus, METHODS, numbers, settings, share)
    if not whole:
        return {}
    say = _progress(settings.splits + settings.subsamples)
    lifts = _held_out(corpus, METHODS, numbers, settings, share, say)
    recurrence = _recurrence(corpus, whole, settings, share, say)
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
            name: leakage_auc(weights[seen], corpus.traits[name][seen])
            for name in corpus.traits
        }
        row = {
            "vocabulary_count": len(fit.word_index),
            "lift_score": float((own - random).mean()),
            "lift_low": low,
            "lift_high": high,
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
    say: Callable[[], None],
    reference: Sequence[Sequence[int]] | None = None,
) -> dict[tuple[str, int], list[tuple[Floats, Floats]]]:
    """Fit on random halves of the authors, score on the others.

    Returns for each method and number, and each split, the NPMI of each topic's words
    and of random lists like them, in the order of the reference's topics if one is
    given.
    """
    found: dict[tuple[str, int], list[tuple[Floats, Floats]]] = {}
    for draw in range(settings.splits):
        rng = np.random.default_rng([settings.seed, 1, draw])
        inside = draw_authors(corpus, 0.5, rng)
        part, other = (corpus.take(np.flatnonzero(rows)) for rows in (inside, ~inside))
        fits = fit_methods(part, methods, numbers, settings, share)
        npmi: Floats | None = None
        for key, fit in fits.items():
            if npmi is None:  # all methods share the defining words
                npmi = npmi_matrix(other.presence[:, fit.word_index])
                frequency = other.document_counts[fit.word_index]
            own, random = _list_scores(corpus, fit, npmi, frequency, settings, rng)
            if reference is not None:
                shown = [words.tolist() for words in fit.top(settings.top_words)]
                partner = match_lists(reference, shown)[0]
                own, random = own[partner], random[partner]
            found.setdefault(key, []).append((own, random))
        say()
    return found


def _list_scores(
    corpus: Corpus,
    fit: TopicFit,
    npmi: Floats,
    frequency: Floats,
    settings: TopicSettings,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """NPMI of each topic's words and of random lists like them, each of shape (k,)."""
    scripts = corpus.scripts[fit.word_index]
    own, random = [], []
    for words in fit.top(settings.top_words):
        local = np.searchsorted(fit.word_index, words)
        own.append(coherence(npmi, local))
        random.append(
            random_coherence(
                npmi, frequency, scripts, local, rng, settings.random_lists
            )
        )
    return np.array(own), np.array(random)


def _recurrence(
    corpus: Corpus,
    whole: Mapping[tuple[str, int], TopicFit],
    settings: TopicSettings,
    share: float,
    say: Callable[[], None],
) -> dict[tuple[str, int], Floats]:
    """Jaccard index of each topic with its like in 80 % of the posts, (draws, k)."""
    reference = {
        key: [words.tolist() for words in fit.top(settings.top_words)]
        for key, fit in whole.items()
    }
    methods = list(dict.fromkeys(method for method, _ in whole))
    numbers = sorted({number for _, number in whole})
    found: dict[tuple[str, int], list[Floats]] = {key: [] for key in whole}
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
) -> dict[str, Floats]:
    """Held-out NPMI, its lift and the stability of each chosen topic, shape (k,)."""
    key = fit.method, fit.weights.shape[1]
    share = smallest_share(corpus, settings)
    reference = [words.tolist() for words in fit.top(settings.top_words)]
    halves = _held_out(
        corpus, [key[0]], [key[1]], settings, share, _progress(0), reference
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

    Among the candidates that beat random words and meet most targets, those whose lift
    the best lift's interval covers count as equal; of these the one with most topics
    is chosen, then the one with the highest lift.
    """
    frame["is_chosen"] = False
    frame["reason"] = ""
    chosen: Any = None
    beats = frame["lift_low"] > 0
    if settings.only_method:
        beats &= frame["method"] == settings.only_method
    if settings.only_topic_count:
        beats &= frame["topic_count"] == settings.only_topic_count
    if beats.any():
        most = frame.loc[beats, "met_target_count"].max()
        best = frame[beats & (frame["met_target_count"] == most)]
        leader = best.loc[best["lift_score"].idxmax()]
        equal = best[best["lift_score"] >= leader["lift_low"]]
        order = ["topic_count", "lift_score", "method"]
        chosen = equal.sort_values(order, ascending=[False, False, True]).index[0]
        frame.loc[chosen, "is_chosen"] = True
    frame["reason"] = [
        _reason(row, index == chosen, settings)
        for index, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _reason(row: Mapping[Any, Any], is_chosen: bool, settings: TopicSettings) -> str:
    """Say in one sentence why a candidate was chosen or not."""
    if np.isnan(row["lift_score"]):
        if row["post_count"] < settings.min_posts:
            return (
                f"not judged: {row['post_count']} posts have words, "
                f"{settings.min_posts} are needed"
            )
        return "not judged: too few words stand in enough posts"
    if not row["lift_low"] > 0:
        return "its lift over random words is not above 0 with 95 % confidence"
    met = _targets_met(row, settings)
    missed = [
        name for name in ("lift", "stability", "coverage", "leakage") if name not in met
    ]
    verdict = f"misses {', '.join(missed)}" if missed else "meets all four targets"
    if is_chosen and (settings.only_method or settings.only_topic_count):
        return f"chosen among those asked for: {verdict}"
    if is_chosen:
        return (
            f"chosen: {verdict}; none meets more, and none that meets as many has more "
            "topics at no loss of lift"
        )
    return verdict


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
