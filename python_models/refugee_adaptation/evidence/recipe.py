"""The three models of the founding study's notebook, with its constants.

The notebook of Freyasrepo/TT-Refugee-Adaptation clusters raw engagement counts with
K-means, flags outliers with DBSCAN and reads topics from a 50-word TF-IDF with NMF. The
constants and defaults below are the notebook's; none is a recommendation.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import StandardScaler

from refugee_adaptation.evidence.figures import UnanswerableError
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray

CLUSTERS = 3
TOPICS = 3
RANDOM_STATE = 42
VOCABULARY_SIZE = 50
TOPIC_WORDS = 10
DBSCAN_EPS = 1.0
DBSCAN_MIN_SAMPLES = 10


def recipe_clusters(counts: FloatArray) -> IntArray:
    """Group posts as the notebook does: three means of standardised raw counts.

    Args:
        counts: Shape (n, 4), in the order of `METRICS`.

    Returns:
        Cluster of each post, shape (n,).

    Raises:
        ValueError: Fewer than four posts, or fewer than three different ones.
    """
    scaled: FloatArray = StandardScaler().fit_transform(counts)
    return np.asarray(k_means(scaled, 10, RANDOM_STATE).labels_, dtype=np.int64)


def recipe_outliers(counts: FloatArray) -> BoolArray:
    """Call posts anomalous as the notebook does: DBSCAN noise on raw counts.

    Args:
        counts: Shape (n, 4), in the order of `METRICS`.

    Returns:
        Whether each post is noise, shape (n,).
    """
    return np.asarray(dbscan_labels(StandardScaler().fit_transform(counts)) == -1)


def recipe_topics(documents: Sequence[str]) -> list[list[str]]:
    """Read topics as the notebook does: NMF of a 50-word TF-IDF, three topics.

    Args:
        documents: Texts, cut into words by blanks (see `cut_text`).

    Returns:
        The ten heaviest words of each topic, the heaviest first.

    Raises:
        ValueError: No word is left in any document.
    """
    _, words, model, _ = topic_model(documents)
    return [heaviest_words(words, loading) for loading in model.components_]


def k_means(values: FloatArray, starts: int, random_state: int) -> KMeans:
    """Fit three means.

    Args:
        values: Shape (n, p).
        starts: random starts, of which the best is kept.
        random_state: seed of the starts.

    Returns:
        The fitted model.

    Raises:
        UnanswerableError: Fewer than four rows, or fewer than three different ones.
    """
    if len(values) <= CLUSTERS or len(np.unique(values, axis=0)) < CLUSTERS:
        raise UnanswerableError(
            f"{CLUSTERS} clusters need more than {CLUSTERS} rows, "
            f"{CLUSTERS} of them different"
        )
    return KMeans(CLUSTERS, n_init=starts, random_state=random_state).fit(values)


def dbscan_labels(scaled: FloatArray) -> IntArray:
    """Cluster of each row by DBSCAN with the notebook's radius, -1 for noise.

    Args:
        scaled: Shape (n, p), in standard deviations.

    Returns:
        Shape (n,).
    """
    found = DBSCAN(eps=DBSCAN_EPS, min_samples=DBSCAN_MIN_SAMPLES).fit_predict(scaled)
    return np.asarray(found, dtype=np.int64)


def topic_model(documents: Sequence[str]) -> tuple[Any, list[str], NMF, FloatArray]:
    """Fit the notebook's topic model.

    Args:
        documents: n texts, cut into words by blanks.

    Returns:
        TF-IDF (n x 50, sparse), its words, the fitted NMF, its weights (n x 3).

    Raises:
        UnanswerableError: No word is left in any document.
    """
    vectorizer = TfidfVectorizer(max_features=VOCABULARY_SIZE, stop_words="english")
    analyze = vectorizer.build_analyzer()
    if not any(analyze(document) for document in documents):
        raise UnanswerableError("no word is left in any post")
    matrix = vectorizer.fit_transform(documents)
    words = [str(word) for word in vectorizer.get_feature_names_out()]
    model = NMF(TOPICS, random_state=RANDOM_STATE)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights: FloatArray = model.fit_transform(matrix)
    return matrix, words, model, weights


def heaviest_words(words: Sequence[str], loading: FloatArray) -> list[str]:
    """The ten words of a topic with the largest loadings, the largest first.

    Args:
        words: the vocabulary, p words.
        loading: Shape (p,).
    """
    return [words[index] for index in loading.argsort()[: -TOPIC_WORDS - 1 : -1]]
