"""Topics of short bilingual posts: fitted, judged on held-out posts, or refused.

Four methods stand side by side, each for several numbers of topics:

- ``tfidf_nmf``: non-negative matrix factorisation of TF-IDF (Lee and Seung 1999), the
  usual way.
- ``npmi_nmf``: NMF of the words' positive NPMI (Bouma 2009; Levy and Goldberg 2014 for
  factorising an association matrix).
- ``pmi_nmf``: NMF of the words' positive pointwise mutual information, smoothed, and
  measured within strata of language and crawl format, so that words do not count as
  related because both are Chinese or both stand in posts without a title.
- ``bilingual_pmi_nmf``: the same, where words of one concept (``hello``, ``你好``) lend
  each other their company.

A topic is worth showing when its words keep each other's company in posts it was not
fitted on more than random words of the same frequency and script do (held-out NPMI
lift), when it comes back from other samples (stability), when it does not merely tell
how a post was crawled (leakage) and when most posts have one (coverage).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, stats
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

METHODS = ("tfidf_nmf", "npmi_nmf", "pmi_nmf", "bilingual_pmi_nmf")
NO_TOPIC = 0
_FORMAT_TRAITS = ("is_title_missing", "is_body_missing", "has_topic_marker")
# a translation pair counts as this associated (in nats) before it is seen together
_SAME_CONCEPT = 0.5
# a word counts towards a post's topic from this many posts on
_RARE_WORD_POSTS = 2
_SHOWN_WORDS = 30
_PROGRESS_SECONDS = 5.0
_NMF_TOLERANCE = 5e-4
_NMF_ROUNDS = 200
# singular vectors kept for each topic
_SVD_FACTOR = 4
# equal weights must rank equally on every machine
_DECIMALS = 9

CANDIDATE_DTYPES = {
    "method": "string",
    "topic_count": "int64",
    "post_count": "int64",
    "vocabulary_count": "int64",
    "lift_score": "float64",
    "lift_low": "float64",
    "lift_high": "float64",
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
    "met_target_count": "int64",
    "is_chosen": "bool",
    "reason": "string",
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


@dataclass(frozen=True)
class TopicSettings:
    """What a topic model depends on.

    Attributes:
        seed: Start of every random draw.
        topic_counts: Numbers of topics to try.
        only_method: Choose this method alone; empty for the best.
        only_topic_count: Choose this number of topics alone; 0 for the best.
        max_posts: Posts that topics are fitted and judged on, drawn at random when
            there are more; every post gets weights.
        min_posts: Below this many posts with words no topics are fitted.
        splits: Random halves: fitted on one, scored on the other.
        subsamples: Draws of 80 % of the posts behind the stability.
        random_lists: Random word lists per topic and split.
        rarity: Words in fewer posts than this times the square root of the number of
            posts are too rare to define a topic: two of them would meet by chance in
            fewer than its square (0.45: 0.2 posts).
        max_document_share: Words in a larger share of the posts define no topic.
        max_words: At most this many words, the most frequent, define topics.
        prior: Pseudo-count added to observed and expected pairs.
        bridge: Share of a word's associations that it takes from its concept.
        post_prior: Weight, in words, of the average post in a post's weights.
        top_words: Words of a topic that are judged.
        min_lift: Target of the held-out NPMI lift.
        min_stability: Target of the mean Jaccard index.
        min_coverage: Target share of non-blank posts that have a topic.
        max_leakage: Largest tolerated area under the ROC curve.
    """

    seed: int = 20250113
    topic_counts: tuple[int, ...] = (2, 3, 4, 5, 6, 8)
    only_method: str = ""
    only_topic_count: int = 0
    max_posts: int = 3000
    min_posts: int = 100
    splits: int = 20
    subsamples: int = 10
    random_lists: int = 100
    rarity: float = 0.45
    max_document_share: float = 0.3
    max_words: int = 500
    prior: float = 5.0
    bridge: float = 0.6
    post_prior: float = 3.0
    top_words: int = 10
    min_lift: float = 0.12
    min_stability: float = 0.65
    min_coverage: float = 0.9
    max_leakage: float = 0.65


@dataclass(frozen=True)
class Corpus:
    """Posts as bags of words.

    Attributes:
        post_ids: Shape (n,), text.
        post_numbers: Shape (n,), ascending.
        authors: Shape (n,), number of the post's author, in order of first post.
        counts: Shape (n, v), sparse, how often each word stands in each post.
        words: Shape (v,), ascending.
        scripts: Shape (v,), ``han`` or ``latin``.
        concepts: Shape (v,), number of the concept of each word; a word without one is
            its own.
        strata: Shape (n,), number of the post's language and crawl format.
        traits: Format traits and ``is_chinese``, each of shape (n,), boolean.
        is_blank: Shape (n,), the post has neither own words nor hashtags.
    """

    post_ids: npt.NDArray[Any]
    post_numbers: Ints
    authors: Ints
    counts: sparse.csr_matrix
    words: npt.NDArray[Any]
    scripts: npt.NDArray[Any]
    concepts: Ints
    strata: Ints
    traits: Mapping[str, npt.NDArray[np.bool_]]
    is_blank: npt.NDArray[np.bool_]

    def take(self, rows: Ints) -> Corpus:
        """Return the posts at these positions, with the same words."""
        return Corpus(
            self.post_ids[rows],
            self.post_numbers[rows],
            self.authors[rows],
            self.counts[rows],
            self.words,
            self.scripts,
            self.concepts,
            self.strata[rows],
            {name: values[rows] for name, values in self.traits.items()},
            self.is_blank[rows],
        )

    @property
    def presence(self) -> sparse.csr_matrix:
        """Shape (n, v), sparse, 1 where a word stands in a post."""
        return (self.counts > 0).astype(np.float64)

    @property
    def document_counts(self) -> Floats:
        """Shape (v,), posts each word stands in."""
        return np.asarray(self.presence.sum(axis=0)).ravel()


@dataclass(frozen=True)
class TopicFit:
    """Topics by their words.

    Attributes:
        method: One of METHODS.
        word_index: Shape (m,), positions of the defining words in the corpus.
        weights: Shape (m, k), weight of each word in each topic; columns sum to 1.
        ranking: Shape (m, k), what a topic's words are ordered by: the weight for the
            usual methods; otherwise the weight times the word's frequency and the root
            of its exclusivity, so that the words shown are neither rare nor everywhere.
    """

    method: str
    word_index: Ints
    weights: Floats
    ranking: Floats

    def top(self, count: int) -> list[Ints]:
        """Return the corpus positions of each topic's first words."""
        return [
            self.word_index[np.argsort(-np.round(column, _DECIMALS), kind="stable")][
                :count
            ]
            for column in self.ranking.T
        ]

    def reorder(self, order: Ints) -> TopicFit:
        """Return the same topics in another order."""
        return TopicFit(
            self.method,
            self.word_index,
            self.weights[:, order],
            self.ranking[:, order],
        )


def build_corpus(words: pd.DataFrame, posts: pd.DataFrame) -> Corpus:
    """Turn word counts into matrices.

    Args:
        words: ``post_number``, ``word``, ``concept`` (null for none), ``word_count``;
            a word and a hashtag of the same spelling are one word.
        posts: one row per post: ``post_id``, ``user_id``, ``post_number``,
            ``language``, ``is_title_missing``, ``is_body_missing``,
            ``has_topic_marker``, ``is_blank``.

    Returns:
        The corpus, posts by number and words by spelling, whatever the rows' order.
    """
    ordered = posts.sort_values("post_number", kind="stable")
    numbers = ordered["post_number"].to_numpy(np.int64)
    spellings, columns = np.unique(words["word"].astype(str), return_inverse=True)
    rows = np.searchsorted(numbers, words["post_number"].to_numpy(np.int64))
    counts = sparse.csr_matrix(
        (words["word_count"].to_numpy(np.float64), (rows, columns)),
        shape=(len(numbers), len(spellings)),
    )
    # prefixes keep a concept apart from a word that is spelt like its name
    known = words.dropna(subset=["concept"]).drop_duplicates("word")
    concept_of = dict(zip(known["word"], "c:" + known["concept"], strict=True))
    named = [concept_of.get(word, "w:" + word) for word in spellings]
    concepts = np.unique(np.array(named, dtype=str), return_inverse=True)[1]
    language = ordered["language"].astype(str).to_numpy()
    traits = {name: ordered[name].to_numpy(bool) for name in _FORMAT_TRAITS}
    traits["is_chinese"] = np.isin(language, ["zh", "mixed"])
    strata = np.unique(language, return_inverse=True)[1].astype(np.int64)
    for name in _FORMAT_TRAITS:
        strata = strata * 2 + traits[name]
    return Corpus(
        ordered["post_id"].to_numpy(object),
        numbers,
        pd.factorize(ordered["user_id"])[0].astype(np.int64),
        counts,
        spellings.astype(object),
        np.array([_script(word) for word in spellings], dtype=object),
        concepts.astype(np.int64),
        np.unique(strata, return_inverse=True)[1].astype(np.int64),
        traits,
        ordered["is_blank"].to_numpy(bool),
    )


def fit_topics(
    corpus: Corpus,
    method: str,
    topic_counts: Sequence[int],
    settings: TopicSettings,
    min_share: float | None = None,
) -> dict[int, TopicFit]:
    """Fit topics for several numbers of topics.

    Args:
        corpus: The posts.
        method: One of METHODS.
        topic_counts: Numbers of topics; those that the vocabulary is too small for are
            left out.
        settings: See TopicSettings.
        min_share: Smallest share of posts with a defining word; by default from
            ``settings.rarity``.

    Returns:
        The fit for each number of topics.

    Raises:
        ValueError: the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(METHODS)}")
    index = defining_words(corpus, settings, min_share)
    if len(index) < max(2 * settings.top_words, 2 * min(topic_counts)):
        return {}
    frequency = corpus.document_counts[index]
    if method == "tfidf_nmf":
        matrix: Any = _tfidf(corpus.counts[:, index])
    else:
        matrix = _association(corpus, index, index, method, settings)
    possible = [count for count in topic_counts if count * 2 <= len(index)]
    fits = {}
    for count, raw in _factorise(matrix, possible, settings.seed).items():
        weights = raw / np.maximum(raw.sum(axis=0), 1e-12)
        ranking = weights
        if method.endswith("pmi_nmf") and method != "npmi_nmf":
            share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
            ranking = weights * np.sqrt(share) * frequency[:, None]
        fits[count] = TopicFit(method, index, weights, ranking)
    return fits


def defining_words(
    corpus: Corpus, settings: TopicSettings, min_share: float | None = None
) -> Ints:
    """Return the positions of the words that may define topics, ascending."""
    posts = corpus.counts.shape[0]
    frequency = corpus.document_counts
    share = _min_share(corpus, settings) if min_share is None else min_share
    fits = (frequency >= max(share * posts, 2)) & (
        frequency <= settings.max_document_share * posts
    )
    found = np.flatnonzero(fits)
    most = np.lexsort((found, -frequency[found]))[: settings.max_words]
    return np.sort(found[most])


def weigh_posts(corpus: Corpus, fit: TopicFit, settings: TopicSettings) -> Floats:
    """Weigh the topics in every post.

    Every word that stands in two posts or more votes with its association to the
    topics, also a word too rare to define one; the average post is added as
    ``settings.post_prior`` words, so that two words do not make a post all one topic
    (a Dirichlet prior's posterior mean).

    Args:
        corpus: The posts to weigh, with the words the topics were fitted on.
        fit: The topics.
        settings: See TopicSettings.

    Returns:
        Shape (n, k), rows sum to 1; rows of zeros for posts without a topic.
    """
    topic_count = fit.weights.shape[1]
    frequency = corpus.document_counts
    voters = np.flatnonzero(frequency >= _RARE_WORD_POSTS)
    voters = np.union1d(voters, fit.word_index)
    pull = _association(corpus, voters, fit.word_index, fit.method, settings)
    own = np.searchsorted(voters, fit.word_index)
    votes = pull @ fit.weights
    votes[own] += fit.weights
    total = votes.sum(axis=1, keepdims=True)
    votes = np.divide(votes, total, out=np.zeros_like(votes), where=total > 0)
    gathered = np.asarray(corpus.presence[:, voters] @ votes)
    heard = gathered.sum(axis=1, keepdims=True)
    has_topic = heard[:, 0] > 0
    if not has_topic.any():
        return np.zeros((corpus.counts.shape[0], topic_count))
    average = (gathered[has_topic] / heard[has_topic]).mean(axis=0)
    shrunk = (gathered + settings.post_prior * average) / (heard + settings.post_prior)
    return np.where(has_topic[:, None], shrunk, 0.0)


def npmi_matrix(presence: Floats) -> Floats:
    """Return the normalised pointwise mutual information of all word pairs.

    Bouma (2009): from -1, never together, over 0, independent, to 1, only together. A
    word that never occurs has 0 with all.

    Args:
        presence: Shape (n, v), 1 where a word stands in a post.

    Returns:
        Shape (v, v), symmetric, zeros on the diagonal.
    """
    posts = presence.shape[0]
    together = presence.T @ presence
    frequency = np.diag(together).copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log(together * posts / np.outer(frequency, frequency))
        npmi = pmi / -np.log(together / posts)
    npmi[together == 0] = -1.0
    npmi[together == posts] = 1.0
    absent = frequency == 0
    npmi[absent, :] = 0.0
    npmi[:, absent] = 0.0
    np.fill_diagonal(npmi, 0.0)
    return np.asarray(npmi, dtype=np.float64)


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
    ranks = stats.rankdata(np.round(weights, _DECIMALS), axis=0)
    area = ranks[trait].sum(axis=0) - positives * (positives + 1) / 2
    area = area / (positives * negatives)
    return float(np.max(np.maximum(area, 1 - area)))


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
    corpus = _judged_part(build_corpus(words, posts), settings)
    worded = int((np.asarray(corpus.counts.sum(axis=1)) > 0).sum())
    judged: dict[tuple[str, int], dict[str, Any]] = {}
    if worded >= settings.min_posts:
        judged = _judge_all(corpus, numbers, settings)
    rows: list[dict[str, Any]] = [
        {"method": method, "topic_count": number, "post_count": worded}
        | judged.get((method, number), {})
        for method in METHODS
        for number in numbers
    ]
    frame = pd.DataFrame(rows).reindex(columns=list(CANDIDATE_DTYPES))
    frame[["vocabulary_count", "met_target_count"]] = frame[
        ["vocabulary_count", "met_target_count"]
    ].fillna(0)
    _choose(frame, settings)
    return frame.astype(CANDIDATE_DTYPES)


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
    corpus = _judged_part(build_corpus(words, posts), settings)
    fit = _chosen_fit(corpus, candidates, settings)
    if fit is None:
        return _empty(TERM_DTYPES)
    quality = _quality(corpus, fit, settings)
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
    return pd.DataFrame(rows, columns=list(TERM_DTYPES)).astype(TERM_DTYPES)


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
    judged = _judged_part(corpus, settings)
    fit = _chosen_fit(judged, candidates, settings)
    count = 1 if fit is None else fit.weights.shape[1]
    weights = np.zeros((len(corpus.post_ids), count))
    if fit is not None:
        weights = weigh_posts(corpus, fit, settings)
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
    return ordered.astype(WEIGHT_DTYPES)


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


def _judge_all(
    corpus: Corpus, numbers: Sequence[int], settings: TopicSettings
) -> dict[tuple[str, int], dict[str, Any]]:
    """Judge every method and number of topics that the vocabulary carries."""
    share = _min_share(corpus, settings)
    whole = _fit_methods(corpus, METHODS, numbers, settings, share)
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
            "leakage_auc": _largest([leaks[name] for name in _FORMAT_TRAITS]),
            "language_auc": leaks["is_chinese"],
        }
        row["met_target_count"] = len(_targets_met(row, settings))
        rows[key] = row
    return rows


def _fit_methods(
    corpus: Corpus,
    methods: Sequence[str],
    numbers: Sequence[int],
    settings: TopicSettings,
    share: float,
) -> dict[tuple[str, int], TopicFit]:
    """Fit several methods, each for several numbers of topics."""
    return {
        (method, number): fit
        for method in methods
        for number, fit in fit_topics(corpus, method, numbers, settings, share).items()
    }


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
        inside = _draw_authors(corpus, 0.5, rng)
        part, other = (corpus.take(np.flatnonzero(rows)) for rows in (inside, ~inside))
        fits = _fit_methods(part, methods, numbers, settings, share)
        npmi: Floats | None = None
        for key, fit in fits.items():
            if npmi is None:  # all methods share the defining words
                npmi = npmi_matrix(other.presence[:, fit.word_index].toarray())
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
        part = corpus.take(np.flatnonzero(_draw_authors(corpus, 0.8, rng)))
        fits = _fit_methods(part, methods, numbers, settings, share)
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


def _quality(
    corpus: Corpus, fit: TopicFit, settings: TopicSettings
) -> dict[str, Floats]:
    """Held-out NPMI, its lift and the stability of each chosen topic, shape (k,)."""
    key = fit.method, fit.weights.shape[1]
    share = _min_share(corpus, settings)
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


def _min_share(corpus: Corpus, settings: TopicSettings) -> float:
    """Smallest share of posts with a defining word, the same in all draws."""
    return float(settings.rarity / np.sqrt(max(corpus.counts.shape[0], 1)))


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


def _choose(frame: pd.DataFrame, settings: TopicSettings) -> None:
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


def _chosen_fit(
    corpus: Corpus, candidates: pd.DataFrame, settings: TopicSettings
) -> TopicFit | None:
    """Fit the chosen candidate on the judged posts, topics ordered by size."""
    chosen = candidates[candidates["is_chosen"].astype(bool)]
    if chosen.empty:
        return None
    method, number = str(chosen["method"].iloc[0]), int(chosen["topic_count"].iloc[0])
    share = _min_share(corpus, settings)
    fit = fit_topics(corpus, method, [number], settings, share).get(number)
    if fit is None:
        return None
    weights = weigh_posts(corpus, fit, settings)
    size = np.round(weights.sum(axis=0), _DECIMALS)
    return fit.reorder(np.argsort(-size, kind="stable"))


def _judged_part(corpus: Corpus, settings: TopicSettings) -> Corpus:
    """Draw the posts that topics are fitted and judged on.

    Of posts with the same words only the first stays: a text that was posted often is
    one text, and must not stand on both sides of a split.
    """
    first = np.flatnonzero(~_repeats_words(corpus.counts))
    if len(first) > settings.max_posts:
        rng = np.random.default_rng([settings.seed, 0])
        first = np.sort(rng.choice(first, settings.max_posts, replace=False))
    return corpus.take(first)


def _repeats_words(counts: Any) -> npt.NDArray[np.bool_]:
    """Whether an earlier post has exactly the same words; posts without any do not."""
    seen: set[bytes] = set()
    repeats = np.zeros(counts.shape[0], dtype=bool)
    for row in range(counts.shape[0]):
        inside = slice(counts.indptr[row], counts.indptr[row + 1])
        key = counts.indices[inside].tobytes() + counts.data[inside].tobytes()
        repeats[row] = bool(key) and key in seen
        seen.add(key)
    return repeats


def _draw_authors(
    corpus: Corpus, share: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Draw authors until they wrote this share of the posts; which posts are theirs."""
    posts_of = np.bincount(corpus.authors)
    order = rng.permutation(len(posts_of))
    enough = np.cumsum(posts_of[order]) <= share * len(corpus.authors)
    return np.asarray(np.isin(corpus.authors, order[enough]))


def _association(
    corpus: Corpus, rows: Ints, columns: Ints, method: str, settings: TopicSettings
) -> Floats:
    """Positive association of words, shape (rows, columns); 0 of a word with itself."""
    presence = corpus.presence
    if method in ("tfidf_nmf", "npmi_nmf"):
        matrix = _npmi_between(presence[:, rows], presence[:, columns])
    else:
        matrix = _pmi_between(
            presence[:, rows], presence[:, columns], corpus.strata, settings.prior
        )
    if method == "bilingual_pmi_nmf":
        matrix = _bridged(corpus, rows, columns, matrix, settings)
    matrix = np.maximum(matrix, 0.0)
    matrix[rows[:, None] == columns[None, :]] = 0.0
    return matrix


def _npmi_between(left: Any, right: Any) -> Floats:
    """NPMI of the words of two presence matrices of the same posts."""
    posts = left.shape[0]
    together = (left.T @ right).toarray()
    frequency = np.outer(
        np.asarray(left.sum(axis=0)).ravel(), np.asarray(right.sum(axis=0)).ravel()
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together * posts / frequency) / -np.log(together / posts)
    npmi[together == 0] = -1.0
    npmi[together == posts] = 1.0
    return np.asarray(npmi, dtype=np.float64)


def _pmi_between(left: Any, right: Any, strata: Ints, prior: float) -> Floats:
    """Smoothed PMI within strata: log((observed + prior) / (expected + prior)).

    The expected number of posts with both words is summed over the strata, as in a
    Mantel-Haenszel comparison: what language and crawl format explain is expected.
    """
    sizes = np.bincount(strata)
    member = sparse.csr_matrix(
        (np.ones(len(strata)), (strata, np.arange(len(strata)))),
        shape=(len(sizes), len(strata)),
    )
    in_left = (member @ left).toarray() / np.maximum(sizes, 1)[:, None]
    in_right = (member @ right).toarray()
    expected = in_left.T @ in_right
    observed = (left.T @ right).toarray()
    return np.asarray(np.log((observed + prior) / (expected + prior)))


def _bridged(
    corpus: Corpus, rows: Ints, columns: Ints, matrix: Floats, settings: TopicSettings
) -> Floats:
    """Mix the words' associations with those of their concepts."""
    used, of_word = np.unique(
        corpus.concepts[np.concatenate([rows, columns])], return_inverse=True
    )
    row_concept, column_concept = of_word[: len(rows)], of_word[len(rows) :]
    position = np.full(int(corpus.concepts.max()) + 1, -1, dtype=np.int64)
    position[used] = np.arange(len(used))
    target = position[corpus.concepts]
    kept = np.flatnonzero(target >= 0)
    fold = sparse.csr_matrix(
        (np.ones(len(kept)), (kept, target[kept])),
        shape=(len(target), len(used)),
    )
    folded = ((corpus.presence @ fold) > 0).astype(np.float64)
    left, right = np.unique(row_concept), np.unique(column_concept)
    between = _pmi_between(
        folded[:, left], folded[:, right], corpus.strata, settings.prior
    )
    lent = between[
        np.searchsorted(left, row_concept)[:, None],
        np.searchsorted(right, column_concept)[None, :],
    ]
    same = row_concept[:, None] == column_concept[None, :]
    lent = np.where(same, np.maximum(matrix, 0.0) + _SAME_CONCEPT, lent)
    return (1 - settings.bridge) * matrix + settings.bridge * lent


def _tfidf(counts: Any) -> Any:
    """TF-IDF with smooth idf, posts of unit length (scikit-learn's default)."""
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer().fit_transform(counts)


def _factorise(matrix: Any, counts: Sequence[int], seed: int) -> dict[int, Floats]:
    """Non-negative factors of a matrix for several ranks, from one decomposition.

    Hierarchical alternating least squares (Cichocki and Phan 2009) from the NNDSVDa
    start (Boutsidis and Gallopoulos 2008), the algorithm of scikit-learn's NMF, on the
    leading singular vectors instead of the matrix itself: ten times as fast when many
    ranks and draws are wanted, and held to scikit-learn's result by a test.

    Returns the factor of the columns for each rank, shape (columns, rank).
    """
    from sklearn.utils.extmath import randomized_svd

    kept = min(_SVD_FACTOR * max(counts), *matrix.shape)
    left, size, right = randomized_svd(matrix, kept, random_state=seed % 2**32)
    scaled, mean = left * size, float(matrix.mean())
    factors = {}
    for count in counts:
        rows, columns = _nndsvda(left[:, :count], size[:count], right[:count].T, mean)
        for _ in range(_NMF_ROUNDS):
            before = columns
            rows = _least_squares(rows, scaled @ (right @ columns), columns)
            columns = _least_squares(columns, right.T @ (scaled.T @ rows), rows)
            change = float(np.abs(columns - before).sum())
            if change <= _NMF_TOLERANCE * float(columns.sum()):
                break
        # the size of a topic is the product of both factors' sizes
        factors[count] = columns * np.linalg.norm(rows, axis=0)
    return factors


def _nndsvda(
    left: Floats, size: Floats, right: Floats, mean: float
) -> tuple[Floats, Floats]:
    """Non-negative start from singular vectors, zeros filled with the mean."""
    rows, columns = np.empty_like(left), np.empty_like(right)
    for at in range(len(size)):
        x, y = left[:, at], right[:, at]
        sides = [(np.maximum(a * x, 0.0), np.maximum(a * y, 0.0)) for a in (1.0, -1.0)]
        norms = [float(np.linalg.norm(u) * np.linalg.norm(v)) for u, v in sides]
        best = int(norms[1] > norms[0])
        scale = np.sqrt(size[at] * norms[best])
        for target, side in zip((rows, columns), sides[best], strict=True):
            norm = max(float(np.linalg.norm(side)), 1e-12)
            target[:, at] = scale * side / norm
    fill = mean / 100
    return np.where(rows > 0, rows, fill), np.where(columns > 0, columns, fill)


def _least_squares(factor: Floats, target: Floats, other: Floats) -> Floats:
    """Update one factor, column by column, the other kept."""
    gram = other.T @ other
    updated = factor.copy()
    for at in range(factor.shape[1]):
        step = target[:, at] - updated @ gram[:, at]
        updated[:, at] = np.maximum(
            updated[:, at] + step / max(float(gram[at, at]), 1e-12), 0.0
        )
    return updated


def _largest(values: Sequence[float]) -> float:
    """The largest of the values that are numbers; not a number where none is."""
    known = [value for value in values if not np.isnan(value)]
    return max(known) if known else float("nan")


def _script(word: str) -> str:
    """``han`` for a word with a Chinese letter, else ``latin``."""
    is_han = any("\u3400" <= letter <= "\u9fff" for letter in word)
    return "han" if is_han else "latin"


def _empty(dtypes: Mapping[str, str]) -> pd.DataFrame:
    """A frame without rows."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in dtypes.items()})


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
