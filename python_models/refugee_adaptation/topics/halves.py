"""Topics fitted on random halves of the authors, tested on the others' posts.

The posts of the other half had no say in the words of a topic, so their words may be
permuted with the word lists as they are: nothing is fitted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.trades import trade_once
from refugee_adaptation.topics.coherence import coherence, random_npmi
from refugee_adaptation.topics.corpus import (
    Corpus,
    TopicSettings,
    draw_authors,
    holders,
)
from refugee_adaptation.topics.fits import (
    DECIMALS,
    TopicFit,
    fit_methods,
    npmi_matrix,
    smallest_share,
)

Candidate = tuple[str, int]
# rounds of trades from one permuted replicate to the next
_TRADES = 2


@dataclass(frozen=True)
class Half:
    """What one random half says of the topics fitted on the other.

    Attributes:
        lists: First words of each topic of each candidate.
        own: NPMI of each topic's words in the posts it was not fitted on, shape (k,).
        random: That of random words like them, shape (k,).
        p_values: For each candidate, how often the best of all reaches it where the
            words are permuted; none without replicates.
    """

    lists: Mapping[Candidate, list[IntArray]]
    own: Mapping[Candidate, FloatArray]
    random: Mapping[Candidate, FloatArray]
    p_values: Mapping[Candidate, float]


def judge_halves(
    corpus: Corpus,
    methods: Sequence[str],
    numbers: Sequence[int],
    settings: TopicSettings,
    tested: Sequence[Candidate] = (),
) -> Iterator[Half]:
    """Fit on random halves of the authors, judge on the others, ``settings.splits``.

    Args:
        corpus: The judged posts.
        methods: Methods to fit.
        numbers: Numbers of topics to fit.
        settings: See TopicSettings.
        tested: Candidates that are tested, by permuting words; by default none.

    Yields:
        What each half says; without candidates where its vocabulary is too small.
    """
    share = smallest_share(corpus, settings)
    for draw in range(settings.splits):
        rng = np.random.default_rng([settings.seed, 1, draw])
        inside = draw_authors(corpus, 0.5, rng)
        part, other = (corpus.take(np.flatnonzero(rows)) for rows in (inside, ~inside))
        fits = fit_methods(part, methods, numbers, settings, share)
        yield _judge(other, fits, settings, tested, rng)


def _judge(
    other: Corpus,
    fits: Mapping[Candidate, TopicFit],
    settings: TopicSettings,
    tested: Sequence[Candidate],
    rng: np.random.Generator,
) -> Half:
    """Judge the fits of one half on the posts of the other."""
    lists = {key: fit.top(settings.top_words) for key, fit in fits.items()}
    own: dict[Candidate, FloatArray] = {}
    random: dict[Candidate, FloatArray] = {}
    if not fits:
        return Half(lists, own, random, {})
    index = next(iter(fits.values())).word_index  # all methods share them
    npmi = npmi_matrix(other.presence[:, index])
    expected = random_npmi(npmi, other.document_counts[index], other.scripts[index])
    local = {
        key: [np.searchsorted(index, words) for words in topics]
        for key, topics in lists.items()
    }
    for key, topics in local.items():
        own[key] = np.array([coherence(npmi, words) for words in topics])
        random[key] = np.array([coherence(expected, words) for words in topics])
    asked = {key: local[key] for key in tested if key in local}
    p_values = permuted_p(other, index, asked, settings, rng)
    return Half(lists, own, random, p_values)


def permuted_p(
    corpus: Corpus,
    word_index: IntArray,
    lists: Mapping[Candidate, Sequence[IntArray]],
    settings: TopicSettings,
    rng: np.random.Generator,
) -> dict[Candidate, float]:
    """Return how often permuted words keep company as the words of topics do.

    The statistic of a candidate is the mean PMI of its topics' words, smoothed: the
    NPMI of two rare words is nearly always -1. The defining words are permuted over the
    posts of the same language and crawl format, as by permute_words: every post keeps
    how many it has of each script, every word in how many posts it stands. Replicates
    follow each other by a few trades, forwards and backwards from the observed words
    (Besag and Clifford 1989, Generalized Monte Carlo significance tests), which is
    exact however slowly words mix. The p value counts replicates in which the best
    candidate, each in its own standard deviations, reaches the one judged: it holds for
    the choice among all (max-T, Westfall and Young 1993).

    Args:
        corpus: Posts that had no say in the lists.
        word_index: Shape (m,), the defining words.
        lists: Word lists of the topics of each candidate, positions in word_index.
        settings: See TopicSettings.
        rng: Source of randomness.

    Returns:
        One p value per candidate; none without candidates or replicates.
    """
    replicates = settings.replicates
    if not lists or not replicates:
        return {}
    pairs, shares = _listed_pairs(lists, len(word_index))
    posts = len(corpus.strata)
    part = corpus.select_words(word_index)
    start = holders(part), part.counts.indices.astype(np.int64)
    frequency = np.bincount(start[1], minlength=len(word_index)).astype(np.float64)
    expected = frequency[pairs[0]] * frequency[pairs[1]] / max(posts, 1)

    def scores(held: tuple[IntArray, IntArray]) -> FloatArray:
        together = _posts_together(held[0] >> 1, held[1], posts, pairs)
        pmi = np.log((together + settings.prior) / (expected + settings.prior))
        return np.asarray(pmi @ shares)

    found = [scores(start)]
    behind = int(rng.integers(replicates + 1))
    for steps in (behind, replicates - behind):
        held = start
        for _ in range(steps):
            for _ in range(_TRADES):
                held = trade_once(*held, len(word_index), corpus.word_blocks, rng)
            found.append(scores(held))
    table = np.array(found)
    spread = np.maximum(table.std(axis=0), 1e-12)
    standard = np.round((table - table.mean(axis=0)) / spread, DECIMALS)
    best = standard.max(axis=1)
    reached = (best[:, None] >= standard[0]).mean(axis=0)
    return dict(zip(lists, reached.tolist(), strict=True))


def combined_p(p_values: Sequence[float]) -> float:
    """Return one p value for several random halves: twice their median.

    The halves share posts, so their p values depend on each other; this holds however
    they do (Meinshausen, Meier and Buehlmann 2009, p-Values for high-dimensional
    regression, with gamma = 1/2).

    Args:
        p_values: One per half.

    Returns:
        The p value, 1 at most; not a number without halves.
    """
    if not len(p_values):
        return float("nan")
    return min(2 * float(np.quantile(p_values, 0.5, method="higher")), 1.0)


def _listed_pairs(
    lists: Mapping[Candidate, Sequence[IntArray]], word_count: int
) -> tuple[IntArray, FloatArray]:
    """All pairs of words of one list, shape (2, p), and their share in each candidate.

    The shares, shape (p, candidates), sum to 1 over the pairs: topics count equally, as
    do the pairs of a topic.
    """
    codes, shares, owners = [], [], []
    for owner, topics in enumerate(lists.values()):
        for words in topics:
            inside = [a * word_count + b for a, b in combinations(sorted(words), 2)]
            codes += inside
            owners += [owner] * len(inside)
            shares += [1 / (len(inside) * len(topics))] * len(inside)
    unique, place = np.unique(np.array(codes, dtype=np.int64), return_inverse=True)
    table = np.zeros((len(unique), len(lists)))
    np.add.at(table, (place, np.array(owners, dtype=np.int64)), shares)
    return np.array(np.divmod(unique, word_count)), table


def _posts_together(
    posts: IntArray, words: IntArray, post_count: int, pairs: IntArray
) -> FloatArray:
    """In how many posts both words of each pair stand, one bit a post."""
    held = np.zeros((int(pairs.max(initial=-1)) + 1, -(-post_count // 64) * 64), bool)
    is_listed = words < len(held)
    held[words[is_listed], posts[is_listed]] = True
    bits = np.packbits(held, axis=1).view(np.uint64)
    both = np.bitwise_count(bits[pairs[0]] & bits[pairs[1]])
    return np.asarray(both.sum(axis=1, dtype=np.int64), dtype=np.float64)
