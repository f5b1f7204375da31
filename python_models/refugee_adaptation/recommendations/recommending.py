"""What to show next to whom: the best of everything by each strategy.

No established library is used because theirs fit one matrix of interactions, and here
every held-out person has a moment of their own (:mod:`.trials`), for which such a model
would be refitted; that one of them would rank worse is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.recommendations.interactions import ITEM_KINDS, positions
from refugee_adaptation.recommendations.signals import (
    STRATEGIES,
    Moment,
    People,
    Recommender,
)
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.frames import stacked_frame

_LIST_COLUMNS = {
    "user_number": "int64",
    "strategy": "string",
    "recommendation_rank": "int64",
    "item_kind": "string",
    "item_number": "int64",
    "score": "float64",
    "recency_score": "float64",
    "co_occurrence_score": "float64",
    "shared_tag_score": "float64",
    "strategy_score": "float64",
}
# people times items scored at once; bounds the memory
_BLOCK = 1_000_000


def best_items(
    scores: FloatArray, tie_break: FloatArray, length: int
) -> tuple[IntArray, BoolArray]:
    """Find the best items of each row, best first.

    Args:
        scores: Shape (n, items).
        tie_break: Shape (n, items) or (1, items), see :meth:`People.tie_break`.
        length: Items at most.

    Returns:
        Positions of the items and whether they may be listed (False behind the end of
        a shorter list), shape (n, items listed) each.
    """
    ranked = scores + tie_break
    best = np.broadcast_to(np.arange(ranked.shape[1]), ranked.shape)
    if ranked.shape[1] > length:
        best = np.argpartition(ranked, -length, axis=1)[:, -length:]
        ranked = np.take_along_axis(ranked, best, axis=1)
    order = np.argsort(-ranked, axis=1, kind="stable")
    listed = np.take_along_axis(ranked, order, axis=1) > -np.inf
    return np.take_along_axis(best, order, axis=1), listed


def recommend(
    recommender: Recommender,
    user_numbers: npt.ArrayLike,
    *,
    at: float | None = None,
    length: int = 10,
) -> pd.DataFrame:
    """List what every strategy would show next to every person.

    Args:
        recommender: the fitted recommender.
        user_numbers: shape (users,), whom to make lists for.
        at: seconds, the moment of the recommendation; by default just after the last
            event of the crawl.
        length: items in a list; fewer when the crawl holds fewer candidates.

    Returns:
        One row per person, strategy and recommendation_rank (1 is first): item_kind,
        item_number, the score it was ranked by and its parts, each 0 to 1.
    """
    crawl = recommender.crawl
    moment = Moment(recommender, crawl.end if at is None else at)
    numbers = np.unique(np.asarray(user_numbers, dtype=np.int64))
    most = max(len(items) for items in crawl.item_numbers.values())
    rows = max(_BLOCK // max(most, 1), 1)
    parts: list[pd.DataFrame] = []
    for first in range(0, len(numbers), rows):
        block = numbers[first : first + rows]
        people = People(moment, positions(crawl.users, block), block)
        for kind in ITEM_KINDS:
            parts.extend(_lists(people, kind, length))
    table = stacked_frame(parts, _LIST_COLUMNS)
    return table.sort_values(
        ["user_number", "strategy", "recommendation_rank"], ignore_index=True
    )


def _lists(people: People, kind: str, length: int) -> Iterator[pd.DataFrame]:
    """Rows of recommend for some people: a table per strategy of the kind."""
    scores, tie_break = people.signals(kind), people.tie_break(kind)
    for strategy in STRATEGIES:
        if strategy.item_kind != kind:
            continue
        own = people.moment.kind(kind).strategies[strategy.name]
        best, listed = best_items(scores[strategy.name], tie_break, length)
        person, place = np.nonzero(listed)
        item = best[person, place]
        yield pd.DataFrame(
            {
                "user_number": people.numbers[person],
                "strategy": strategy.name,
                "recommendation_rank": place + 1,
                "item_kind": kind,
                "item_number": people.crawl.item_numbers[kind][item],
                "score": scores[strategy.name][person, item],
                "recency_score": scores["recent_popularity"][person, item],
                "co_occurrence_score": scores["co_occurrence"][person, item],
                "shared_tag_score": scores["shared_tags"][person, item],
                "strategy_score": own[item],
            }
        )
