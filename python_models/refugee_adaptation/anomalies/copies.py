"""Texts that are nearly the same, weighed by what their words tell.

A word tells as many bits as the logarithm of how few texts have it, whatever its
script: three rare words tell more than ten that everybody writes, and a line of 24
Chinese characters as much as an English one of a dozen words. Two texts are nearly
the same if they share most of their bits and most of their words (Jaccard indices): a
signature of rare words under other texts is no copy, nor are everybody's words.

Source: MinHash with bands, Broder 1997, and Leskovec, Rajaraman and Ullman 2020,
chapter 3; the weights by a race of exponential clocks, one a word (Chum, Philbin and
Zisserman 2008): the first to ring is of both texts with the probability of their
weighed index.

Libraries of MinHash hash a text at a time in Python and know no weights; as arrays over
the words of all texts it is a page, linear in the words, and a million posts take a
minute.
"""

from __future__ import annotations

import re
from array import array

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from refugee_adaptation.shared.arrays import FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.words import Cut, cutter

GROUP_DTYPES = {
    "post_id": "string",
    "text_group_id": "string",
    "shared_bits": "float64",
}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# other scripts without spaces between words: kana, rare Han, Thai, Lao, Burmese, Khmer
_UNSPACED = (
    "\u3040-\u30ff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_WORDS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<unspaced>[{_UNSPACED}]+)|[^\W\d_{_HAN}{_UNSPACED}]+"
)
_IS_PIECE = re.compile(f"[{_UNSPACED}]")
# characters of such a script that stand for a word; each character is in as many pieces
PIECE = 3
# two texts of index .6 meet in one of the bands with probability .98, of .3 in .35
BANDS, ROWS = 16, 3
_CHUNK = 200_000


def text_words(text: str, cut: Cut) -> list[str]:
    """Cut a text into words of letters; numbers and signs are what copiers vary.

    Args:
        text: Folded text.
        cut: Cuts a run of Chinese letters (`cutter`).

    Returns:
        Its words in order, of every script; overlapping pieces of PIECE characters
        where a script other than Chinese has no spaces.
    """
    words: list[str] = []
    for match in _WORDS.finditer(text):
        run = match.group()
        if match.lastgroup == "han":
            words.extend(cut(run))
        elif match.lastgroup == "unspaced":
            last = max(len(run) - PIECE, 0)
            words.extend(run[start : start + PIECE] for start in range(last + 1))
        else:
            words.append(run)
    return words


def word_bits(texts: csr_matrix, writers: IntArray) -> FloatArray:
    """How much each word tells: log2 of one text in how many has it.

    Texts of one person count as one, so that who spins a template does not make its
    words common.

    Args:
        texts: Which word (column) stands in which distinct text (row), (n, words).
        writers: Who wrote each text first, shape (n,): who copies it tells nothing
            about how common its words are.

    Returns:
        Bits, above 0, shape (words,). One further person, who writes none of the words,
        is counted.
    """
    people, person, text_counts = np.unique(
        writers, return_inverse=True, return_counts=True
    )
    shares = texts.T @ (1 / text_counts)[person]
    bits: FloatArray = np.log2((len(people) + 1) / shares)
    return bits


def candidate_pairs(texts: csr_matrix, bits: FloatArray, seed: int) -> IntArray:
    """Pairs of texts that may be alike: next to each other or the first in a bucket.

    Args:
        texts: As for :func:`word_bits`; every text has a word.
        bits: Of every word.
        seed: Seed of the clocks.

    Returns:
        Rows of `texts`, the later one first, shape (pairs, 2), at most 2 BANDS a text.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(texts.shape[0])
    found = [np.zeros((0, 2), dtype=np.int64)]
    for _ in range(BANDS):
        key = np.zeros(len(rows), dtype=np.uint64)
        for _ in range(ROWS):
            rings = rng.exponential(size=len(bits)) / bits
            order = np.empty(len(bits), dtype=np.uint64)
            order[np.argsort(rings, kind="stable")] = np.arange(len(bits))
            first = np.minimum.reduceat(order[texts.indices], texts.indptr[:-1])
            key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ (first + np.uint64(1))
        sorted_rows = np.lexsort([rows, key])
        same = np.flatnonzero(np.diff(key[sorted_rows]) == 0) + 1
        start = np.zeros(len(rows), dtype=np.int64)
        opens = np.setdiff1d(rows, same)
        start[opens] = opens
        start = np.maximum.accumulate(start)
        found += [
            np.column_stack([sorted_rows[same], sorted_rows[other]])
            for other in (same - 1, start[same])
        ]
    return np.unique(np.concatenate(found), axis=0)


def group_texts(
    posts: pd.DataFrame, min_similarity: float, seed: int, tokeniser: str = "rjieba"
) -> pd.DataFrame:
    """Put posts together whose texts are nearly the same.

    Args:
        posts: post_id, user_id, post_number and text (folded, may be missing), one row
            a post, any order.
        min_similarity: Share of the bits, and of the words, of two texts that both
            have, 0 to 1, from which they are nearly the same.
        seed: Seed of the clocks.
        tokeniser: Cuts Chinese, as :func:`shared.words.cutter` knows it.

    Returns:
        One row per post whose text another post has or nearly has, by post_number,
        columns GROUP_DTYPES: the first post of its group, and the bits that the two
        share. Texts join the first group whose first text they are like, so that no
        chain of small differences makes a group.

    Raises:
        ValueError: The similarity is not above 0 and at most 1, or nobody knows the
            tokeniser.
    """
    if not 0 < min_similarity <= 1:
        raise ValueError("min_similarity must be above 0 and at most 1")
    ordered = posts.sort_values("post_number", kind="stable")
    text, texts, parts = _distinct_texts(
        ordered["text"].fillna("").tolist(), cutter(tokeniser)
    )
    if texts.shape[1] == 0:
        return empty_frame(GROUP_DTYPES)
    said = ordered[text >= 0].reset_index(drop=True)
    text = text[text >= 0]
    first = np.unique(text, return_index=True)[1]
    writers = pd.factorize(said["user_id"])[0].astype(np.int64)[first]
    bits = word_bits(texts, writers) * parts
    told = np.asarray(texts @ bits)
    pairs, shared = _alike(
        texts, bits, told, candidate_pairs(texts, bits, seed), min_similarity
    )
    leader = np.arange(len(told))
    with_leader = told.copy()
    # by the later text: whether the earlier ones lead a group is settled by then
    for (later, earlier), both in zip(pairs.tolist(), shared.tolist(), strict=True):
        if leader[later] == later and leader[earlier] == earlier:
            leader[later], with_leader[later] = earlier, both
    label = leader[text]
    grouped = pd.DataFrame(
        {
            "post_id": said["post_id"],
            "text_group_id": said["post_id"].to_numpy()[first[label]],
            "shared_bits": with_leader[text],
        }
    )
    again = np.bincount(label)[label] > 1
    return typed_frame(grouped[again], GROUP_DTYPES).reset_index(drop=True)


def _distinct_texts(
    texts: list[str], cut: Cut
) -> tuple[IntArray, csr_matrix, FloatArray]:
    """Number of the text of every post, -1 without a word; the words of each text.

    And what part of a word each of them is.
    """
    numbers: dict[str, int] = {}
    vocabulary: dict[str, int] = {}
    text = np.full(len(texts), -1, dtype=np.int64)
    used, ends = array("q"), [0]
    for post, said in enumerate(texts):
        words = text_words(said, cut)
        if not words:
            continue
        known = len(numbers)
        text[post] = numbers.setdefault(" ".join(words), known)
        if len(numbers) > known:
            used.extend(
                vocabulary.setdefault(word, len(vocabulary))
                for word in dict.fromkeys(words)
            )
            ends.append(len(used))
    # texts come in order of time, so words are numbered alike whatever the row order
    indices = np.asarray(used, dtype=np.int64)
    shape = (len(numbers), len(vocabulary))
    parts = [1 / PIECE if _IS_PIECE.match(word) else 1.0 for word in vocabulary]
    words_of = csr_matrix((np.ones(len(indices)), indices, ends), shape=shape)
    return text, words_of, np.array(parts)


def _alike(
    texts: csr_matrix,
    bits: FloatArray,
    told: FloatArray,
    pairs: IntArray,
    min_similarity: float,
) -> tuple[IntArray, npt.NDArray[np.float64]]:
    """Those of the pairs that share enough, and how many bits they share."""
    word_count = np.diff(texts.indptr)
    shared = np.zeros(len(pairs))
    shared_words = np.zeros(len(pairs))
    for start in range(0, len(pairs), _CHUNK):
        left, right = pairs[start : start + _CHUNK].T
        both = texts[left].multiply(texts[right])
        shared[start : start + _CHUNK] = both @ bits
        shared_words[start : start + _CHUNK] = both.sum(axis=1).ravel()
    kept = (shared >= min_similarity * (told[pairs].sum(axis=1) - shared)) & (
        shared_words >= min_similarity * (word_count[pairs].sum(axis=1) - shared_words)
    )
    return pairs[kept], shared[kept]
