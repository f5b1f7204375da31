"""Crawls that show a planted share of a world in which people are active for long."""

from __future__ import annotations

import numpy as np

from refugee_adaptation.planted.worlds.crawl import (
    DAY,
    START,
    Draft,
    keep_posts,
)
from refugee_adaptation.planted.worlds.people import (
    converse,
    draw_people,
    draw_posts,
    unequal_rates,
)
from refugee_adaptation.shared.arrays import FloatArray

WAYS = ("posts", "search", "people")
"""Posts at random; what a search shows of every day and keyword; people at random."""

_PEOPLE = 240
_STAY_DAYS = 30.0
_KEYWORDS = 3
_APPEAL_SPREAD = 1.2


def draw_sampled(way: str, share: float, seed: int, *, activity: float = 1.0) -> Draft:
    """Draw a world in which people stay a month on average, and show a share of it.

    The smaller the share, the larger the world, so that no crawl is refused for want
    of people alone. A third of those who comment never post. Some people appeal more
    than others, so that a search shows the same people again and again.

    Args:
        way: One of WAYS; of a search, the most liked posts of each day and keyword.
        share: Share of the posts, or of the people, that is shown, above 0.
        seed: Seed of everything.
        activity: What the usual rate of posts is multiplied with.

    Returns:
        The crawl; comments were collected under seven in ten posts.
    """
    rng = np.random.default_rng(seed)
    people = draw_people(rng, round(_PEOPLE / share**0.5))
    people.stay = rng.exponential(_STAY_DAYS, len(people))
    unequal_rates(rng, people)
    people.rate = people.rate * activity
    people.appeal = np.exp(rng.normal(0, _APPEAL_SPREAD, len(people)))
    draft = converse(rng, draw_posts(rng, people), people, visitors=len(people) // 2)
    if way == "people":
        shown = rng.permutation(len(people)) < round(share * len(people))
        return keep_posts(draft, shown[draft.author])
    size = len(draft.author)
    place = _places(draft, rng) if way == "search" else rng.random(size)
    shown = np.zeros(size, dtype=bool)
    shown[np.argsort(place, kind="stable")[: round(share * size)]] = True
    return keep_posts(draft, shown)


def _places(draft: Draft, rng: np.random.Generator) -> FloatArray:
    """Place of every post among those of its day and keyword, the most liked first."""
    keyword = rng.integers(0, _KEYWORDS, len(draft.author))
    cell = (draft.second - START) // DAY * _KEYWORDS + keyword
    order = np.lexsort([-draft.counts[:, 0], cell])
    ordered = cell[order]
    places = np.empty(len(order))
    places[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return places
