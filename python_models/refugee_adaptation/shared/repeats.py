"""Which words stand in a run of words that an earlier post has as well."""

from __future__ import annotations

import numpy as np

from refugee_adaptation.shared.arrays import BoolArray, IntArray

# odd, so that no digit of a run is lost: the golden ratio in 64 bits
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def repeated_runs(
    words: IntArray, texts: IntArray, posts: IntArray, run: int
) -> BoolArray:
    """Whether each word stands in a run of words that an earlier post has.

    A run is so many words in a row, of which one more may stand between, and be another
    each time: a template with a blank is repeated, what fills the blank is not. The
    beginning and the end of a text count as words, so that a text of two words can be
    repeated as well.

    Args:
        words: Number of each word, not negative, shape (m,), in the order of the text.
        texts: Text each stands in, shape (m,), ascending.
        posts: Post each stands in, shape (m,), ascending.
        run: Words of a run, 2 or more.

    Returns:
        Shape (m,).

    Source: Broder (1997), On the resemblance and containment of documents, for runs
        (shingles) as the unit; of each, the first post's is kept.
    """
    if not len(words):
        return np.zeros(0, dtype=bool)
    text = np.unique(texts, return_inverse=True)[1]
    lengths = np.bincount(text) + 2
    at = np.arange(len(words)) + 2 * text + 1
    bounded = np.zeros(int(lengths.sum()), dtype=np.uint64)  # 0 begins a text
    bounded[at] = words + 2
    bounded[np.cumsum(lengths) - 1] = 1  # and 1 ends it
    text_at = np.repeat(np.arange(len(lengths)), lengths)
    post_of_text = np.zeros(len(lengths), dtype=np.int64)
    post_of_text[text] = posts
    shapes = [range(run)] + [
        [place for place in range(run + 1) if place != blank] for blank in range(1, run)
    ]
    is_repeated = np.zeros(len(bounded), dtype=bool)
    for places in shapes:
        width = places[-1]
        starts = np.flatnonzero(text_at[:-width] == text_at[width:])
        spelt = np.zeros(len(starts), dtype=np.uint64)
        for place in places:
            spelt = (spelt ^ (spelt >> np.uint64(29))) * _FACTOR + bounded[
                starts + place
            ]
        first, which = np.unique(spelt, return_index=True, return_inverse=True)[1:]
        owner = post_of_text[text_at[starts]]
        again = starts[owner[first][which] < owner]
        for place in places:
            is_repeated[again + place] = True
    return np.asarray(is_repeated[at])
