"""Posts with planted topics, or with none.

Six topics of forty words each and two hundred common words, used with frequencies that
fall as Zipf's law says. Every post has a mix of topics; a share of its words is noise
from the common words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.shared.words import count_words
from refugee_adaptation.topics.corpus import (
    TopicSettings,
    build_corpus,
    permute_words,
)
from refugee_adaptation.topics.fits import fit_topics, learn_pull, weigh_posts
from refugee_adaptation.topics.topics import planted_precision

TOPIC_NAMES = ("art", "cars", "food", "garden", "music", "pets")
_TOPIC_WORDS = 40
_COMMON_WORDS = 200


@dataclass(frozen=True)
class PlantedTopics:
    """A sample and its truth.

    Attributes:
        words: One row per post and word, as build_corpus takes it.
        posts: One row per post, as build_corpus takes it.
        topic_words: Planted words of each topic, by its name.
        truth: Topic of each post that weighs most, an index into TOPIC_NAMES, shape
            (n,).
    """

    words: pd.DataFrame
    posts: pd.DataFrame
    topic_words: dict[str, set[str]]
    truth: npt.NDArray[np.int64]


def planted_topics(
    posts: int, noise: float, mixing: float, seed: int, words_per_post: float = 10.0
) -> PlantedTopics:
    """Draw posts of six topics.

    Args:
        posts: Number of posts n.
        noise: Share of the words that come from the common words; 1 plants nothing.
        mixing: Concentration of the Dirichlet distribution of a post's topics: 0.05
            is nearly one topic a post, 1 is any mix.
        seed: Seed.
        words_per_post: Mean number of words of a post.

    Returns:
        The sample.

    Raises:
        ValueError: If the noise is no share or the mixing is not positive.
    """
    if not 0 <= noise <= 1 or mixing <= 0:
        raise ValueError("noise must be in [0, 1] and mixing above 0")
    rng = np.random.default_rng([seed, 107])
    topics = len(TOPIC_NAMES)
    mix = rng.dirichlet(np.full(topics, mixing), size=posts)
    lengths = 1 + rng.poisson(words_per_post - 1, size=posts)
    post = np.repeat(np.arange(posts), lengths)
    total = len(post)
    edges = np.cumsum(mix[post], axis=1)
    topic = np.minimum((rng.random(total)[:, None] > edges).sum(axis=1), topics - 1)
    is_common = rng.random(total) < noise
    own = rng.choice(_TOPIC_WORDS, size=total, p=_zipf(_TOPIC_WORDS))
    common = rng.choice(_COMMON_WORDS, size=total, p=_zipf(_COMMON_WORDS))
    names = np.array(TOPIC_NAMES)[topic]
    spelt = [
        f"common{other:03d}" if noisy else f"{name}{word:02d}"
        for noisy, name, word, other in zip(is_common, names, own, common, strict=True)
    ]
    written = pd.Series(spelt).groupby(post).agg(" ".join)
    return _sample(
        pd.DataFrame(
            {
                "post_id": [f"post{number:06d}" for number in range(posts)],
                "user_id": [f"user{number:06d}" for number in range(posts)],
                "post_number": np.arange(posts) + 1,
                "language": "en",
                "is_title_missing": rng.random(posts) < 0.2,
                "is_body_missing": rng.random(posts) < 0.2,
                "has_topic_marker": rng.random(posts) < 0.3,
                "is_blank": False,
                "is_automated": False,
                "text_clean": written.reindex(range(posts)),
                "hashtags": None,
            }
        ),
        {
            name: {f"{name}{word:02d}" for word in range(_TOPIC_WORDS)}
            for name in TOPIC_NAMES
        },
        mix.argmax(axis=1).astype(np.int64),
    )


def shuffle_words(sample: PlantedTopics, seed: int) -> PlantedTopics:
    """Permute the words of a sample: no topic is left, but every frequency is.

    Args:
        sample: What planted_topics returned.
        seed: Seed.

    Returns:
        The same posts and words in other combinations; nothing is planted in it.
    """
    rng = np.random.default_rng([seed, 108])
    permuted = permute_words(build_corpus(sample.words, sample.posts), rng)
    held = permuted.counts.tocoo()
    order = rng.permutation(held.nnz)
    repeated = np.repeat(order, held.data[order].astype(np.int64))
    written = pd.Series(permuted.words[held.col[repeated]]).groupby(held.row[repeated])
    texts = written.agg(" ".join).reindex(range(len(sample.posts)))
    return _sample(sample.posts.assign(text_clean=texts), {}, sample.truth)


def stock_sentences(sample: PlantedTopics, seed: int) -> PlantedTopics:
    """Add sentences that many posts have to a sample: a text is no topic.

    Six sentences of eight of the sample's words; each stands behind the text of a
    twelfth of the posts, half the time with one word replaced by a word of its own.

    Args:
        sample: What planted_topics or shuffle_words returned.
        seed: Seed.

    Returns:
        The same posts, longer; nothing else is planted in them.
    """
    rng = np.random.default_rng([seed, 109])
    vocabulary = np.unique(sample.words["word"].to_numpy(str))
    texts = sample.posts["text_clean"].fillna("").tolist()
    for _ in range(6):
        sentence = rng.choice(vocabulary, 8, replace=False)
        for post in rng.choice(len(texts), len(texts) // 12, replace=False):
            copy = sentence.copy()
            if rng.random() < 0.5:
                copy[rng.integers(len(copy))] = rng.choice(vocabulary)
            texts[post] += " " + " ".join(copy)
    posts = sample.posts.assign(text_clean=texts)
    return _sample(posts, sample.topic_words, sample.truth)


def _sample(
    posts: pd.DataFrame,
    topic_words: dict[str, set[str]],
    truth: npt.NDArray[np.int64],
) -> PlantedTopics:
    """Count the words of the posts as a build does."""
    words = count_words(posts).assign(concept=None)
    return PlantedTopics(words, posts, topic_words, truth)


def recover_topics(
    sample: PlantedTopics, method: str, settings: TopicSettings
) -> dict[str, float]:
    """Fit as many topics as were planted and compare.

    Args:
        sample: What planted_topics returned.
        method: One of the methods of refugee_adaptation.topics.fits.
        settings: See TopicSettings.

    Returns:
        ``precision``: mean share of the ten first words that belong to the planted
        topic (0 to 1); ``dominant_share``: share of the posts whose heaviest fitted
        topic stands for their heaviest planted one.
    """
    corpus = build_corpus(sample.words, sample.posts)
    count = len(TOPIC_NAMES)
    fit = fit_topics(corpus, method, [count], settings).get(count)
    if fit is None:
        return {"precision": 0.0, "dominant_share": 0.0}
    shown = [corpus.words[words].tolist() for words in fit.top(settings.top_words)]
    precision = planted_precision(shown, sample.topic_words)
    hits = np.array(
        [
            [len(sample.topic_words[name] & set(words)) for name in TOPIC_NAMES]
            for words in shown
        ]
    )
    stands_for = hits.argmax(axis=1)
    pull = learn_pull(corpus, method, fit.word_index, settings)
    main = stands_for[weigh_posts(corpus, fit, pull, settings).argmax(axis=1)]
    return {
        "precision": float(np.mean(list(precision.values()))),
        "dominant_share": float((main == sample.truth).mean()),
    }


def _zipf(count: int) -> npt.NDArray[np.float64]:
    """Probabilities that fall as 1 / (rank + 5)."""
    weights = 1 / (np.arange(count) + 5.0)
    return np.asarray(weights / weights.sum())
