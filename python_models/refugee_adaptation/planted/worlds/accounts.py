"""Accounts among ordinary people: machines of other kinds than the sample's, sellers.

Machines copy, spin a template or keep a clock; honest accounts sell, keep a diary,
greet everybody alike, or send a post twice. Both kinds have what the other has as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from refugee_adaptation.planted.worlds import words
from refugee_adaptation.planted.worlds.crawl import DAY, START, Draft, add_posts
from refugee_adaptation.shared.arrays import IntArray

HOUR = 3_600
Rng = np.random.Generator
Texts = Callable[[Rng, int, int], list[str]]
Times = Callable[[Rng, int, int], IntArray]


@dataclass(frozen=True)
class Kind:
    """Accounts of one kind.

    Attributes:
        is_automated: What they are.
        size: How many.
        each: Posts of each.
        seconds: Draws the times of their posts, shape (size, each).
        texts: Draws the texts of one of them, `each` of them.
        tag_count: Hashtags of every post.
    """

    is_automated: bool
    size: int
    each: int
    seconds: Times
    texts: Texts
    tag_count: int = 1


def _steps(gap: int, jitter: int) -> Times:
    """Posts with one gap, from some morning on."""

    def seconds(rng: Rng, size: int, each: int) -> IntArray:
        noise = rng.integers(0, jitter + 1, (size, each))
        return _mornings(rng, size) + np.arange(each) * gap + noise

    return seconds


def _within(span: int) -> Times:
    """Posts at any time of a span of the account's own."""

    def seconds(rng: Rng, size: int, each: int) -> IntArray:
        return _mornings(rng, size) + rng.integers(0, span, (size, each))

    return seconds


def _together(rng: Rng, size: int, each: int) -> IntArray:
    """All accounts within two hours of one day."""
    return _mornings(rng, 1) + rng.integers(0, 2 * HOUR, (size, each))


def _offers(rng: Rng, size: int, each: int) -> IntArray:
    """An evening of posts some minutes apart."""
    gaps = rng.exponential(400, (size, each)).cumsum(axis=1)
    return _mornings(rng, size) + gaps.astype(np.int64)


def _evenings(rng: Rng, size: int, each: int) -> IntArray:
    """Every evening, most within an hour and a half."""
    noise = rng.normal(0, 2_400, (size, each)).astype(np.int64)
    return START + 12 * HOUR + np.arange(each) * DAY + noise


def _twice(rng: Rng, size: int, each: int) -> IntArray:
    """The first post is sent again half a minute later."""
    after = [0, 40, *range(DAY, DAY * (each - 1), DAY)]
    seconds: IntArray = _mornings(rng, size) + np.array(after)
    return seconds


def _mornings(rng: Rng, size: int) -> IntArray:
    days: IntArray = rng.integers(1, 35, (size, 1))
    return START + days * DAY + 8 * HOUR


def _line(pool: tuple[str, ...], size: int, gap: str) -> Texts:
    """One line for all accounts of the kind and of every crawl."""
    line = gap.join(pool[: 3 * size : 3])
    return lambda _rng, each, _account: [line] * each


def _spun(rng: Rng, each: int, _account: int) -> list[str]:
    """A frame of sixteen words, four of which change."""
    frame = _words(rng, 16)
    texts = []
    for _ in range(each):
        for place in (2, 6, 9, 13):
            frame[place] = _words(rng, 1)[0]
        texts.append(" ".join(frame))
    return texts


def _own(opening: str, size: int, closing: str = "") -> Texts:
    """Words of their own between what they always say."""

    def texts(rng: Rng, each: int, account: int) -> list[str]:
        always = closing.format(account)
        return [
            f"{opening} {' '.join(_words(rng, size))} {always}" for _ in range(each)
        ]

    return texts


def _price_list(rng: Rng, each: int, _account: int) -> list[str]:
    prices = " ".join(f"{word} {rng.integers(5, 60)}" for word in _words(rng, 12))
    return [f"price list {prices}"] * each


def _words(rng: Rng, size: int) -> list[str]:
    drawn: list[str] = rng.choice(words.ENGLISH, size).tolist()
    return drawn


KINDS: dict[str, Kind] = {
    "one Chinese line, in bursts": Kind(
        True, 30, 4, _steps(200, 60), _line(words.CHINESE, 12, "")
    ),
    "one Chinese line, together": Kind(
        True, 30, 1, _together, _line(words.CHINESE[1:], 12, "")
    ),
    "short line, in bursts": Kind(
        True, 10, 12, _steps(240, 30), _line(words.ENGLISH, 3, " ")
    ),
    "template, in bursts": Kind(True, 15, 15, _steps(180, 60), _spun),
    "template, once a day": Kind(True, 15, 15, _steps(DAY, DAY), _spun),
    "every hour, own words": Kind(True, 10, 48, _steps(HOUR, 20), _own("", 10)),
    "every six hours, own words": Kind(
        True, 10, 48, _steps(6 * HOUR, 20), _own("", 10)
    ),
    "seller, price list and hashtags": Kind(
        False, 15, 6, _within(5 * DAY), _price_list, tag_count=13
    ),
    "seller, offers of an evening": Kind(
        False, 15, 8, _offers, _own("price list", 8, "vx: shop88{}"), tag_count=13
    ),
    "diary": Kind(False, 15, 30, _evenings, _own("day of", 8)),
    "greeting": Kind(
        False, 15, 12, _within(5 * DAY), _own("good morning everybody", 7)
    ),
    "sent twice": Kind(False, 15, 4, _twice, _price_list),
}


def add_accounts(rng: Rng, draft: Draft) -> tuple[Draft, dict[int, str]]:
    """Add accounts of every kind to a crawl.

    Args:
        rng: The generator.
        draft: A crawl of ordinary people.

    Returns:
        The crawl with them, and the kind of each by its number.
    """
    kinds: dict[int, str] = {}
    for name, kind in KINDS.items():
        first = len(draft.registered)
        kinds |= dict.fromkeys(range(first, first + kind.size), name)
        posts = kind.size * kind.each
        draft = add_posts(
            draft,
            registered=np.full(kind.size, START - 300 * DAY),
            author=np.repeat(np.arange(kind.size), kind.each),
            second=kind.seconds(rng, kind.size, kind.each).ravel(),
            is_video=False,
            texts=[
                text
                for account in range(kind.size)
                for text in kind.texts(rng, kind.each, account)
            ],
            tags=[list(words.ENGLISH_TAGS[: kind.tag_count])] * posts,
            counts=rng.negative_binomial(0.5, 0.1, (posts, 4)).astype(np.int64),
        )
    return draft, kinds
