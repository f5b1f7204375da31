"""Topics from words: four matrices of a corpus, each factorised into topics.

- ``tfidf_nmf``: non-negative matrix factorisation of TF-IDF (Lee and Seung 1999), the
  usual way.
- ``npmi_nmf``: NMF of the words' positive NPMI (Bouma 2009; Levy and Goldberg 2014 for
  factorising an association matrix).
- ``pmi_nmf``: NMF of the words' positive pointwise mutual information, smoothed, and
  measured within strata of language and crawl format, so that words do not count as
  related because both are Chinese or both stand in posts without a title.
- ``bilingual_pmi_nmf``: the same, where words of one concept (``hello``, ``你好``) lend
  each other their company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.topics.corpus import (
    Corpus,
    TopicSettings,
)

METHODS = ("tfidf_nmf", "npmi_nmf", "pmi_nmf", "bilingual_pmi_nmf")
# a translation pair counts as this associated (in nats) before it is seen together
_SAME_CONCEPT = 0.5
# a word counts towards a post's topic from this many posts on
_RARE_WORD_POSTS = 2
_NMF_TOLERANCE = 5e-4
_NMF_ROUNDS = 200
# singular vectors kept for each topic
_SVD_FACTOR = 4
# equal weights must rank equally on every machine
DECIMALS = 9


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
    word_index: IntArray
    weights: FloatArray
    ranking: FloatArray

    def top(self, count: int) -> list[IntArray]:
        """Return the corpus positions of each topic's first words."""
        return [
            self.word_index[np.argsort(-np.round(column, DECIMALS), kind="stable")][
                :count
            ]
            for column in self.ranking.T
        ]

    def reorder(self, order: IntArray) -> TopicFit:
        """Return the same topics in another order."""
        return TopicFit(
            self.method,
            self.word_index,
            self.weights[:, order],
            self.ranking[:, order],
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
    # the threads of small decompositions wait for each other
    with threadpool_limits(limits=1):
        factors = _factorise(matrix, possible)
    for count, raw in factors.items():
        weights = raw / np.maximum(raw.sum(axis=0), 1e-12)
        ranking = weights
        if method in ("pmi_nmf", "bilingual_pmi_nmf"):
            share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
            ranking = weights * np.sqrt(share) * frequency[:, None]
        fits[count] = TopicFit(method, index, weights, ranking)
    return fits


def fit_methods(
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


def defining_words(
    corpus: Corpus, settings: TopicSettings, min_share: float | None = None
) -> IntArray:
    """Return the positions of the words that may define topics, ascending."""
    posts = corpus.counts.shape[0]
    frequency = corpus.document_counts
    share = smallest_share(corpus, settings) if min_share is None else min_share
    fits = (frequency >= max(share * posts, 2)) & (
        frequency <= settings.max_document_share * posts
    )
    found = np.flatnonzero(fits)
    most = np.lexsort((found, -frequency[found]))[: settings.max_words]
    return np.sort(found[most])


def smallest_share(corpus: Corpus, settings: TopicSettings) -> float:
    """Smallest share of posts with a defining word, the same in all draws."""
    return float(settings.rarity / np.sqrt(max(corpus.counts.shape[0], 1)))


@dataclass(frozen=True)
class Pull:
    """What draws a word that need not define topics to the words that do.

    Attributes:
        voters: Shape (w,), positions of the words that weigh posts, ascending.
        matrix: Shape (w, m), positive association of each with the defining words.
    """

    voters: IntArray
    matrix: FloatArray


def learn_pull(
    corpus: Corpus, method: str, word_index: IntArray, settings: TopicSettings
) -> Pull:
    """Learn from posts without repeated text which words weigh posts, and where to.

    Every word that stands in two posts or more votes with its association to the
    topics, also a word too rare to define one.
    """
    voters = np.flatnonzero(corpus.document_counts >= _RARE_WORD_POSTS)
    voters = np.union1d(voters, word_index)
    return Pull(voters, _association(corpus, voters, word_index, method, settings))


def weigh_posts(
    corpus: Corpus, fit: TopicFit, pull: Pull, settings: TopicSettings
) -> FloatArray:
    """Weigh the topics in every post.

    The words vote (learn_pull); the average post is added as ``settings.post_prior``
    words, so that two words do not make a post all one topic (a Dirichlet prior's
    posterior mean).

    Args:
        corpus: The posts to weigh, with the words the topics were fitted on.
        fit: The topics.
        pull: What learn_pull learnt for the fit's method and words.
        settings: See TopicSettings.

    Returns:
        Shape (n, k), rows sum to 1; rows of zeros for posts without a topic.
    """
    topic_count = fit.weights.shape[1]
    votes = pull.matrix @ fit.weights
    votes[np.searchsorted(pull.voters, fit.word_index)] += fit.weights
    total = votes.sum(axis=1, keepdims=True)
    votes = np.divide(votes, total, out=np.zeros_like(votes), where=total > 0)
    gathered = np.asarray(corpus.presence[:, pull.voters] @ votes)
    heard = gathered.sum(axis=1, keepdims=True)
    has_topic = heard[:, 0] > 0
    if not has_topic.any():
        return np.zeros((corpus.counts.shape[0], topic_count))
    average = (gathered[has_topic] / heard[has_topic]).mean(axis=0)
    shrunk = (gathered + settings.post_prior * average) / (heard + settings.post_prior)
    return np.where(has_topic[:, None], shrunk, 0.0)


def _association(
    corpus: Corpus,
    rows: IntArray,
    columns: IntArray,
    method: str,
    settings: TopicSettings,
) -> FloatArray:
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


def npmi_matrix(presence: Any) -> FloatArray:
    """Return the normalised pointwise mutual information of all word pairs.

    Bouma (2009): from -1, never together, over 0, independent, to 1, only together. A
    word that never occurs has 0 with all.

    Args:
        presence: Shape (n, v), 1 where a word stands in a post; sparse or not.

    Returns:
        Shape (v, v), symmetric, zeros on the diagonal.
    """
    held = sparse.csr_matrix(presence)
    npmi = _npmi_between(held, held)
    np.fill_diagonal(npmi, 0.0)
    return npmi


def _npmi_between(left: Any, right: Any) -> FloatArray:
    """NPMI of the words of two sparse presence matrices of the same posts."""
    posts = left.shape[0]
    together = (left.T @ right).toarray()
    frequency = np.outer(
        np.asarray(left.sum(axis=0)).ravel(), np.asarray(right.sum(axis=0)).ravel()
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together * posts / frequency) / -np.log(together / posts)
    npmi[together == 0] = -1.0
    npmi[together == posts] = 1.0
    npmi[frequency == 0] = 0.0
    return np.asarray(npmi, dtype=np.float64)


def _pmi_between(left: Any, right: Any, strata: IntArray, prior: float) -> FloatArray:
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
    corpus: Corpus,
    rows: IntArray,
    columns: IntArray,
    matrix: FloatArray,
    settings: TopicSettings,
) -> FloatArray:
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
    posts = counts.shape[0]
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    weighted = counts @ sparse.diags_array(np.log((1 + posts) / (1 + frequency)) + 1)
    length = np.sqrt(np.asarray(weighted.power(2).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weighted


def _singular_vectors(matrix: Any, kept: int) -> tuple[FloatArray, ...]:
    """Leading left vectors, singular values and right vectors, the latter in columns.

    From the eigenvectors of an association, which is symmetric, or of the words'
    products over the posts.
    """
    is_wide = sparse.issparse(matrix)
    square = (matrix.T @ matrix).toarray() if is_wide else matrix
    values, vectors = np.linalg.eigh(square)
    first = np.argsort(-np.abs(values), kind="stable")[:kept]
    values, right = values[first], vectors[:, first]
    if not is_wide:
        return right * np.sign(values), np.abs(values), right
    size = np.sqrt(np.maximum(values, 1e-12))
    return matrix @ right / size, size, right


def _factorise(matrix: Any, counts: Sequence[int]) -> dict[int, FloatArray]:
    """Non-negative factors of a matrix for several ranks, from one decomposition.

    Hierarchical alternating least squares (Cichocki and Phan 2009) from the NNDSVDa
    start (Boutsidis and Gallopoulos 2008), the algorithm of scikit-learn's NMF, on the
    leading singular vectors instead of the matrix itself: ten times as fast when many
    ranks and draws are wanted, and held to scikit-learn's result by a test.

    Returns the factor of the columns for each rank, shape (columns, rank).
    """
    kept = min(_SVD_FACTOR * max(counts), *matrix.shape)
    left, size, right = _singular_vectors(matrix, kept)
    scaled, mean = left * size, float(matrix.mean())
    factors = {}
    for count in counts:
        # one topic a row, so that each stands in one piece of memory
        start = _nndsvda(left[:, :count], size[:count], right[:, :count], mean)
        rows, columns = (np.ascontiguousarray(factor.T) for factor in start)
        for _ in range(_NMF_ROUNDS):
            before = columns.copy()
            _least_squares(rows, (columns @ right) @ scaled.T, columns)
            _least_squares(columns, (rows @ scaled) @ right.T, rows)
            change = float(np.abs(columns - before).sum())
            if change <= _NMF_TOLERANCE * float(columns.sum()):
                break
        # the size of a topic is the product of both factors' sizes
        factors[count] = columns.T * np.linalg.norm(rows, axis=1)
    return factors


def _nndsvda(
    left: FloatArray, size: FloatArray, right: FloatArray, mean: float
) -> tuple[FloatArray, FloatArray]:
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


def _least_squares(factor: FloatArray, target: FloatArray, other: FloatArray) -> None:
    """Update one factor in place, topic by topic, the other kept."""
    gram = other @ other.T
    scale = 1 / np.maximum(gram.diagonal(), 1e-12)
    for at, row in enumerate(factor):
        row += (target[at] - gram[at] @ factor) * scale[at]
        np.maximum(row, 0.0, out=row)
