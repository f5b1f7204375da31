"""Words of a post: Chinese runs by jieba, Latin words by rule, hashtags whole.

The text must be cleaned first (lower case, one width, no stickers, markers, mentions
or links): on cleaned text both tokenisers cut the same words.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from refugee_adaptation.shared.frames import typed_frame
from refugee_adaptation.shared.repeats import repeated_runs

WORD_COLUMNS = {
    "post_id": "string",
    "post_number": "int64",
    "word": "string",
    "script": "string",
    "word_count": "int32",
    "distinct_count": "int32",
}

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_LATIN = "a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_TOKEN = re.compile(
    f"(?P<han>[{_HAN}]+)|(?P<latin>[{_LATIN}][{_LATIN}0-9]*(?:'[{_LATIN}]+)*)"
)
_INLINE_TAG = re.compile(r"#[^#\s]+")
_APOSTROPHES = str.maketrans("\u2019\u2018\u02bc\uff07\u0060", "'''''")
# 's after these is "is" or "us"; after any other word it is the possessive
_SHORT_FOR_IS = frozenset(
    {"he", "here", "how", "it", "let", "she", "that", "there", "what"}
    | {"when", "where", "who", "why"}
)
_PROGRESS_SECONDS = 5.0

Cut = Callable[[str], Iterable[str]]
Item = TypeVar("Item")


def cutter(tokeniser: str) -> Cut:
    """Return the function that cuts a run of Chinese letters into words.

    Args:
        tokeniser: ``jieba`` (the reference) or ``rjieba`` (the same dictionary and
            hidden Markov model in Rust, some thirty times faster).

    Returns:
        A function from a string to its words, in order.

    Raises:
        ValueError: the tokeniser is neither of the two.
    """
    if tokeniser == "rjieba":
        import rjieba

        cut: Cut = rjieba.cut
        return cut
    if tokeniser == "jieba":
        import jieba

        jieba.setLogLevel(logging.WARNING)
        reference: Cut = jieba.cut
        return reference
    raise ValueError(f"tokeniser is {tokeniser!r}, expected 'rjieba' or 'jieba'")


def split_text(
    text: str, cut: Cut, protected: re.Pattern[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield every word of one cleaned text with its script, in order.

    A contraction is one word (``i'm``); a possessive loses its ending (``america's``
    is ``america``). Numbers, punctuation, emoji and other scripts are no words.

    Args:
        text: cleaned text of one post, lower case.
        cut: cuts a run of Chinese letters (see `cutter`).
        protected: matches domain terms that are kept whole before the cut.

    Yields:
        Pairs of word and script, the script ``han`` or ``latin``.
    """
    for match in _TOKEN.finditer(text.translate(_APOSTROPHES)):
        if match.lastgroup == "latin":
            yield _without_possessive(match.group()), "latin"
            continue
        # a pattern with one group splits into text, term, text, term, ... text
        parts = protected.split(match.group()) if protected else [match.group()]
        for index, part in enumerate(parts):
            if index % 2:
                yield part, "han"
            elif part:
                for word in cut(part):
                    yield word, "han"


def word_table(
    posts: pd.DataFrame,
    tokeniser: str = "rjieba",
    protected_terms: Sequence[str] = (),
    repeated_run: int = 4,
) -> pa.Table:
    """Count the words and hashtags of every post.

    Args:
        posts: one row per post: ``post_id``, ``post_number``, ``text_clean`` and
            ``hashtags`` (a list of normalised tags, or null).
        tokeniser: ``rjieba`` or ``jieba``.
        protected_terms: domain terms of Chinese letters that are never cut.
        repeated_run: words in a row that make a repeated text of a text that an earlier
            post has (repeated_runs); the tags of a post are a text of their own.

    Returns:
        One row per post, word and script (``han``, ``latin`` or ``hashtag``) with
        ``word_count`` and, of these, the ``distinct_count`` outside repeated text,
        ordered by post number, script and word. A tag in the text is
        counted as a hashtag only. No row for a post without words; stop words are
        kept, so that the list of them can be applied, and seen, in SQL.

    Raises:
        ValueError: the tokeniser is unknown.
    """
    cut = cutter(tokeniser)
    protected = _protected_pattern(protected_terms)
    ordered = posts.sort_values("post_number", kind="stable", ignore_index=True)
    met: defaultdict[tuple[str, str], int] = defaultdict()  # words, as they are met
    met.default_factory = met.__len__
    met_at = array("q")
    lengths = array("q")  # of the text and of the tags of each post
    records = zip(ordered["text_clean"], ordered["hashtags"], strict=True)
    for text, tags in _with_progress(records, len(ordered)):
        before = len(met_at)
        if isinstance(text, str):
            own_text = _INLINE_TAG.sub(" ", text)
            met_at.extend(
                met[script, word]
                for word, script in split_text(own_text, cut, protected)
            )
        between = len(met_at)
        if tags is not None and not isinstance(tags, float):
            met_at.extend(met["hashtag", tag] for tag in tags if tag)
        lengths.append(between - before)
        lengths.append(len(met_at) - between)
    kinds = sorted(met)
    number_of = np.empty(len(kinds), dtype=np.int64)
    number_of[[met[kind] for kind in kinds]] = np.arange(len(kinds))
    numbers = number_of[np.frombuffer(met_at, dtype=np.int64)]
    texts = np.repeat(np.arange(len(lengths)), np.frombuffer(lengths, dtype=np.int64))
    is_new = ~repeated_runs(numbers, texts, texts // 2, repeated_run)
    cells, cell, counts = np.unique(
        texts // 2 * len(kinds) + numbers, return_inverse=True, return_counts=True
    )
    post, kind = np.divmod(cells, max(len(kinds), 1))
    columns = {
        "post_id": pa.array(ordered["post_id"], pa.string()).take(pa.array(post)),
        "post_number": ordered["post_number"].to_numpy()[post],
        "word": pa.array([word for _, word in kinds], pa.string()).take(pa.array(kind)),
        "script": pa.array([script for script, _ in kinds], pa.string()).take(
            pa.array(kind)
        ),
        "word_count": counts,
        "distinct_count": np.bincount(cell, is_new, len(cells)),
    }
    schema = pa.schema(
        [(name, pa.type_for_alias(kind)) for name, kind in WORD_COLUMNS.items()]
    )
    return pa.table(columns).cast(schema)


def count_words(posts: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Count the words of every post as :func:`word_table` does, into a frame."""
    return typed_frame(word_table(posts, **settings).to_pandas(), WORD_COLUMNS)


def _without_possessive(word: str) -> str:
    """Return a Latin word without a possessive ending."""
    stem, mark, _ = word.rpartition("'s")
    is_possessive = bool(mark) and word.endswith("'s") and stem not in _SHORT_FOR_IS
    return stem if is_possessive else word


def _protected_pattern(terms: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern for the terms, the longest first, or None without terms."""
    ordered = sorted({term for term in terms if term}, key=lambda t: (-len(t), t))
    if not ordered:
        return None
    return re.compile("(" + "|".join(map(re.escape, ordered)) + ")")


def _with_progress(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Pass the items on; say on standard error how far it is when it takes long."""
    said_at = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - said_at >= _PROGRESS_SECONDS:
            print(f"words: {done:,} of {total:,} posts", file=sys.stderr, flush=True)
            said_at = now
        yield item
