"""Posts as bags of words, and what a topic model of them depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.trades import trade_tags

FORMAT_TRAITS = ("is_title_missing", "is_body_missing", "has_topic_marker")
# rounds of trades that permute the words of a corpus
_TRADES = 20


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
        splits: Random halves of the authors: fitted on one, tested on the other.
        replicates: Permutations of the words over the posts of each tested half.
        alpha: Largest p value with which topics are named.
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
        least_stability: Mean Jaccard index below which no topics are chosen.
        min_coverage: Target share of non-blank posts that have a topic.
        max_leakage: Largest tolerated area under the ROC curve.
    """

    seed: int = 20250113
    topic_counts: tuple[int, ...] = (2, 3, 4, 5, 6, 8)
    only_method: str = ""
    only_topic_count: int = 0
    max_posts: int = 3000
    min_posts: int = 100
    splits: int = 10
    replicates: int = 199
    alpha: float = 0.05
    rarity: float = 0.45
    max_document_share: float = 0.3
    max_words: int = 500
    prior: float = 5.0
    bridge: float = 0.6
    post_prior: float = 3.0
    top_words: int = 10
    min_lift: float = 0.12
    min_stability: float = 0.5
    least_stability: float = 0.33
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
        is_automated: Shape (n,), the author's account looks automated.
    """

    post_ids: npt.NDArray[Any]
    post_numbers: IntArray
    authors: IntArray
    counts: sparse.csr_matrix
    words: npt.NDArray[Any]
    scripts: npt.NDArray[Any]
    concepts: IntArray
    strata: IntArray
    traits: Mapping[str, BoolArray]
    is_blank: BoolArray
    is_automated: BoolArray

    def take(self, rows: IntArray) -> Corpus:
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
            self.is_automated[rows],
        )

    def select_words(self, index: IntArray) -> Corpus:
        """Return the same posts with the words at these positions alone."""
        return replace(
            self,
            counts=self.counts[:, index],
            words=self.words[index],
            scripts=self.scripts[index],
            concepts=self.concepts[index],
        )

    @cached_property
    def presence(self) -> sparse.csr_matrix:
        """Shape (n, v), sparse, 1 where a word stands in a post."""
        return (self.counts > 0).astype(np.float64)

    @cached_property
    def document_counts(self) -> FloatArray:
        """Shape (v,), posts each word stands in."""
        return np.asarray(self.presence.sum(axis=0)).ravel()

    @property
    def word_totals(self) -> IntArray:
        """Shape (n,), different words of each post."""
        return np.asarray(np.diff(self.counts.indptr), dtype=np.int64)

    @property
    def word_blocks(self) -> IntArray:
        """Shape (2 n,), number of the stratum and script of each post's words.

        The words of post i in Latin letters stand at 2 i, the Chinese ones behind.
        """
        blocks = self.strata[:, None] * 2 + np.arange(2)
        return np.asarray(blocks.ravel(), dtype=np.int64)


def build_corpus(
    words: pd.DataFrame, posts: pd.DataFrame, counted: str = "word_count"
) -> Corpus:
    """Turn word counts into matrices.

    Args:
        words: ``post_number``, ``word``, ``concept`` (null for none), ``word_count``,
            ``distinct_count``; a word and a hashtag of the same spelling are one word.
        posts: one row per post: ``post_id``, ``user_id``, ``post_number``,
            ``language``, ``is_title_missing``, ``is_body_missing``,
            ``has_topic_marker``, ``is_blank``, ``is_automated``.
        counted: ``word_count``, or ``distinct_count`` to leave out repeated text; the
            corpus has the same words either way.

    Returns:
        The corpus, posts by number and words by spelling, whatever the rows' order.
    """
    ordered = posts.sort_values("post_number", kind="stable")
    numbers = ordered["post_number"].to_numpy(np.int64)
    columns, spelt = pd.factorize(words["word"].astype(object), sort=True)
    spellings = np.asarray(spelt, dtype=object)
    rows = np.searchsorted(numbers, words["post_number"].to_numpy(np.int64))
    counts = sparse.csr_matrix(
        (words[counted].to_numpy(np.float64), (rows, columns)),
        shape=(len(numbers), len(spellings)),
    )
    counts.eliminate_zeros()
    # prefixes keep a concept apart from a word that is spelt like its name
    known = words.dropna(subset=["concept"]).drop_duplicates("word")
    concept_of = dict(zip(known["word"], "c:" + known["concept"], strict=True))
    named = [concept_of.get(word, "w:" + word) for word in spellings]
    concepts = pd.factorize(np.array(named, dtype=object), sort=True)[0]
    language = ordered["language"].astype(str).to_numpy()
    traits = {name: ordered[name].to_numpy(bool) for name in FORMAT_TRAITS}
    traits["is_chinese"] = np.isin(language, ["zh", "mixed"])
    strata = np.unique(language, return_inverse=True)[1].astype(np.int64)
    for name in FORMAT_TRAITS:
        strata = strata * 2 + traits[name]
    return Corpus(
        ordered["post_id"].to_numpy(object),
        numbers,
        pd.factorize(ordered["user_id"])[0].astype(np.int64),
        counts,
        spellings,
        np.array([_script(word) for word in spellings], dtype=object),
        concepts.astype(np.int64),
        np.unique(strata, return_inverse=True)[1].astype(np.int64),
        traits,
        ordered["is_blank"].to_numpy(bool),
        ordered["is_automated"].to_numpy(bool),
    )


def judged_part(
    words: pd.DataFrame, posts: pd.DataFrame, settings: TopicSettings
) -> tuple[Corpus, Corpus]:
    """Draw the posts that topics are fitted and judged on.

    Args:
        words: See build_corpus.
        posts: See build_corpus.
        settings: See TopicSettings.

    Returns:
        ``settings.max_posts`` posts at most without repeated text, and the same posts
        with all words. A post that only repeats earlier ones is left out: a text that
        was posted often is one, and must not stand on both sides of a split. So are
        posts of automated accounts: what they copy is no topic of people.
    """
    distinct, whole = (
        build_corpus(words, posts, counted)
        for counted in ("distinct_count", "word_count")
    )
    is_own = (distinct.word_totals > 0) | (whole.word_totals == 0)
    kept = np.flatnonzero(is_own & ~distinct.is_automated)
    if len(kept) > settings.max_posts:
        rng = np.random.default_rng([settings.seed, 0])
        kept = np.sort(rng.choice(kept, settings.max_posts, replace=False))
    return distinct.take(kept), whole.take(kept)


def permute_words(corpus: Corpus, rng: np.random.Generator) -> Corpus:
    """Permute the words over the posts of the same language and crawl format.

    Every post keeps how many words of each script it has, every word in how many posts
    of each stratum it stands; which words keep company is chance (trade_tags). That
    posts lean towards one language stays, so that it does not count as a topic.

    Args:
        corpus: The posts.
        rng: Source of randomness.

    Returns:
        The same posts and words in other combinations.
    """
    permuted = corpus.counts.copy()
    columns = permuted.indices.astype(np.int64)
    permuted.indices = trade_tags(
        holders(corpus),
        columns,
        permuted.shape[1],
        _TRADES,
        rng,
        corpus.word_blocks,
    ).astype(permuted.indices.dtype)
    permuted.has_sorted_indices = False
    permuted.sort_indices()
    return replace(corpus, counts=permuted)


def holders(corpus: Corpus) -> IntArray:
    """Where each word of each post stands in Corpus.word_blocks, shape (m,)."""
    of_post = np.repeat(np.arange(len(corpus.strata)), corpus.word_totals)
    is_han = corpus.scripts[corpus.counts.indices] == "han"
    return np.asarray(of_post * 2 + is_han, dtype=np.int64)


def draw_authors(corpus: Corpus, share: float, rng: np.random.Generator) -> BoolArray:
    """Draw authors until they wrote this share of the posts; which posts are theirs."""
    posts_of = np.bincount(corpus.authors)
    order = rng.permutation(len(posts_of))
    enough = np.cumsum(posts_of[order]) <= share * len(corpus.authors)
    return np.asarray(np.isin(corpus.authors, order[enough]))


def _script(word: str) -> str:
    """``han`` for a word with a Chinese letter, else ``latin``."""
    is_han = any("\u3400" <= letter <= "\u9fff" for letter in word)
    return "han" if is_han else "latin"
