"""The mechanisms of a world in which nothing is planted, and what a world may change.

People arrive, stay for a while and post at a rate of their own (a Poisson process);
words, hashtags and formats are drawn independently; counts are negative binomial;
comments answer any earlier comment of their note or the note itself with equal chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refugee_adaptation.planted.worlds import words
from refugee_adaptation.planted.worlds.crawl import DAY, END, START, Draft
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray

_EARLY_SHARE = 0.5
_STAY_DAYS = 9.0
_POSTS_A_DAY = 0.35
_MEANS = (60.0, 15.0, 4.0, 6.0)
_NEWCOMER_SHARE = 0.4


@dataclass
class People:
    """Who posts.

    Attributes:
        arrived: First moment on the platform, epoch seconds.
        stay: Days until they leave.
        rate: Posts a day, beside the first one.
        registered: Registration, epoch seconds.
        chinese: Chance that a post is in Chinese.
        chinese_later: The same from their eighth day on.
        video: Chance that a post is a video.
        appeal: What the means of their counts are multiplied with.
    """

    arrived: IntArray
    stay: FloatArray
    rate: FloatArray
    registered: IntArray
    chinese: FloatArray
    chinese_later: FloatArray
    video: FloatArray
    appeal: FloatArray

    def __len__(self) -> int:
        """How many post."""
        return len(self.arrived)


def draw_people(rng: np.random.Generator, size: int) -> People:
    """Draw people whose traits have nothing to do with each other.

    Half arrive in the early wave, the others evenly until the crawl's last day. Two in
    five register when they arrive, the others years before.
    """
    early = rng.random(size) < _EARLY_SHARE
    arrived = START + np.where(
        early, rng.integers(0, 3 * DAY, size), rng.integers(3 * DAY, 46 * DAY, size)
    )
    years = rng.integers(DAY, 2_000 * DAY, size)
    newcomer = rng.random(size) < _NEWCOMER_SHARE
    chinese = rng.beta(1.0, 2.0, size)
    return People(
        arrived=arrived,
        stay=rng.exponential(_STAY_DAYS, size),
        rate=np.full(size, _POSTS_A_DAY),
        registered=arrived - np.where(newcomer, 60, years),
        chinese=chinese,
        chinese_later=chinese.copy(),
        video=rng.beta(2.0, 2.0, size),
        appeal=np.ones(size),
    )


def unequal_rates(rng: np.random.Generator, people: People) -> None:
    """Give people rates of a power law (Pareto, tail exponent 1.5)."""
    drawn = 1 + rng.pareto(1.5, len(people))
    people.rate = _POSTS_A_DAY * np.minimum(drawn / 3, 12)


def draw_posts(rng: np.random.Generator, people: People) -> Draft:
    """Draw what people post; no comments yet, but the declared number of them."""
    until = np.minimum(people.stay, (END - people.arrived) / DAY)
    further = rng.poisson(people.rate * until)
    author = np.repeat(np.arange(len(people)), 1 + further)
    first = np.r_[True, author[1:] != author[:-1]]
    after = np.where(first, 0.0, rng.random(len(author)) * until[author])
    second = people.arrived[author] + (after * DAY).astype(np.int64)
    chance = np.where(after > 7, people.chinese_later[author], people.chinese[author])
    chinese = rng.random(len(author)) < chance
    return Draft(
        registered=people.registered,
        author=author,
        second=second,
        is_video=rng.random(len(author)) < people.video[author],
        is_marked=rng.random(len(author)) < 0.5,
        texts=draw_texts(rng, chinese),
        tags=draw_tags(rng, len(author)),
        counts=draw_counts(rng, people.appeal[author]),
    )


def draw_counts(rng: np.random.Generator, appeal: FloatArray) -> IntArray:
    """Draw negative binomial counts around the means times the appeal, (posts, 4)."""
    means = np.array(_MEANS) * appeal[:, None]
    shape = np.array([0.8, 0.8, 1.5, 0.8])
    return rng.negative_binomial(shape, shape / (shape + means)).astype(np.int64)


def draw_texts(rng: np.random.Generator, chinese: BoolArray) -> list[str]:
    """Draw independent words, 6 to 14 a text, in one of the languages."""
    texts = []
    for is_chinese in chinese.tolist():
        pool, gap = (
            (words.CHINESE, words.CHINESE_GAP) if is_chinese else (words.ENGLISH, " ")
        )
        # everyday words are of unequal frequency
        place = (len(pool) * rng.random(rng.integers(6, 15)) ** 1.5).astype(int)
        texts.append(gap.join(pool[at] for at in place.tolist()))
    return texts


def draw_tags(rng: np.random.Generator, size: int) -> list[list[str]]:
    """Draw up to four hashtags a post, independent of everything."""
    pool = words.ENGLISH_TAGS + words.CHINESE_TAGS
    listed = []
    for _ in range(size):
        place = (len(pool) * rng.random(rng.integers(0, 5)) ** 2).astype(int)
        listed.append(list(dict.fromkeys(pool[at] for at in place.tolist())))
    return listed


def converse(
    rng: np.random.Generator,
    draft: Draft,
    people: People,
    *,
    visitors: int = 250,
    collected: BoolArray | None = None,
    earliness: float = 0.0,
    circles: int = 1,
    loyalty: float = 0.0,
) -> Draft:
    """Let people comment: as many as a note declares, anybody, answering anything.

    Args:
        rng: The generator.
        draft: Posts; comments that it has are replaced.
        people: Who posts; they comment while they stay.
        visitors: People who only comment.
        collected: Whether the crawler collected the comments of each note; None for a
            random seven in ten.
        earliness: Spread of how early people come to a note, in log units.
        circles: Reply communities; people belong to one at random.
        loyalty: Chance that a comment comes from the circle of the note's author.

    Returns:
        The draft with comments and visitors.
    """
    size = len(people)
    if collected is None:
        collected = rng.random(len(draft.author)) < 0.7
    declared = np.where(collected, draft.counts[:, 2], 0)
    post = np.repeat(np.arange(len(declared)), declared)
    total = len(post)
    lag = rng.exponential(6 * 3_600, total)
    visitor = size + rng.integers(0, visitors, total)
    chosen = rng.integers(0, size, total)
    at = draft.second[post]
    there = (people.arrived[chosen] <= at) & (
        at <= people.arrived[chosen] + people.stay[chosen] * DAY
    )
    person = np.where(there & (rng.random(total) < 0.7), chosen, visitor)
    circle = rng.integers(0, circles, size + visitors)
    loyal = rng.random(total) < loyalty
    members = [np.flatnonzero(circle == one) for one in range(circles)]
    for row in np.flatnonzero(loyal).tolist():
        person[row] = rng.choice(members[circle[draft.author[post[row]]]])
    early = np.exp(earliness * rng.normal(size=size + visitors))
    second = at + 30 + (lag * early[person]).astype(np.int64)
    second = np.minimum(second, END + DAY - 1)
    order = np.lexsort([second, post])
    post, person, second = post[order], person[order], second[order]
    start = np.searchsorted(post, post, side="left")
    rank = np.arange(total) - start
    # one of the earlier comments, or the note itself
    answered = (rng.random(total) * (rank + 1)).astype(np.int64)
    parent = np.where(answered == rank, -1, start + answered)
    years = rng.integers(DAY, 2_000 * DAY, visitors)
    draft.registered = np.concatenate([people.registered, START - years])
    draft.comment_post, draft.comment_person = post, person
    draft.comment_second, draft.comment_parent = second, parent
    return draft
