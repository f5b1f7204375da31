"""Whether lists name what people turned to next, against what is popular.

The list asked for is the one that would have been shown just before a person's latest
interaction and knows nothing of that moment or later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from refugee_adaptation.recommendations.interactions import ITEM_KINDS, Interactions
from refugee_adaptation.recommendations.recommending import best_items
from refugee_adaptation.recommendations.signals import Moment, People, Recommender
from refugee_adaptation.shared.arrays import BoolArray, IntArray
from refugee_adaptation.shared.frames import typed_frame

_TRIAL_COLUMNS = {
    "user_number": "int64",
    "item_kind": "string",
    "strategy": "string",
    "recall": "float64",
    "ndcg": "float64",
    "novelty": "float64",
    "newly_listed_count": "int64",
    "candidate_count": "int64",
}


def held_out(crawl: Interactions, kind: str) -> list[tuple[int, float, IntArray]]:
    """Find each person's latest interactions of a kind that can be predicted.

    Args:
        crawl: the interactions.
        kind: note, creator or tag.

    Returns:
        Per person with an earlier interaction of any kind: position in ``users``, the
        moment, and the items first touched at that moment.
    """
    first = np.full(len(crawl.users), np.inf)
    for events in crawl.events.values():
        np.minimum.at(first, events.user, events.time)
    links = crawl.by_user[kind]
    cases = []
    for user in np.unique(crawl.events[kind].user).tolist():
        own = slice(links.start[user], links.start[user + 1])
        times = crawl.time[links.place[own]]
        if first[user] < times[-1]:
            latest = links.column[own][times == times[-1]]
            cases.append((user, float(times[-1]), latest))
    return cases


def evaluate(
    recommender: Recommender, *, seed: int, length: int = 10, max_users: int = 500
) -> pd.DataFrame:
    """Try every strategy on each person's held-out latest interactions.

    For each kind of item and person with something to learn from, the items of the
    latest interaction are hidden together with everything anybody did from that moment
    on; a list counts when it names them. Leaving out by person while training on other
    people's future would flatter every strategy (Ji, Sun, Zhang and Li, 2023, A
    critical study on data leakage in recommender system offline evaluation).

    Args:
        recommender: the fitted recommender.
        seed: seed of the sample of people.
        length: items in a list.
        max_users: people per kind at most, drawn at random.

    Returns:
        One row per person, kind and strategy: recall (held-out items in the list, of
        as many as it can hold), ndcg (the same, discounted by the logarithm of the
        rank; Jarvelin and Kekalainen, 2002), novelty (bits: minus log2 of the share of
        people who knew a listed item, mean over the list; Vargas and Castells, 2011),
        newly_listed_count (listed items that no earlier person's list held, so that
        their sum over the candidate_count is the coverage).
    """
    rows: list[tuple[Any, ...]] = []
    for order, kind in enumerate(ITEM_KINDS):
        cases = held_out(recommender.crawl, kind)
        rng = np.random.default_rng([seed, 4, order])
        if len(cases) > max_users:
            chosen = np.sort(rng.choice(len(cases), max_users, replace=False))
            cases = [cases[place] for place in chosen]
        rows.extend(_trials(recommender, kind, cases, length))
    return typed_frame(rows, _TRIAL_COLUMNS)


def _trials(
    recommender: Recommender,
    kind: str,
    cases: list[tuple[int, float, IntArray]],
    length: int,
) -> Iterator[tuple[Any, ...]]:
    """Rows of evaluate for one kind of item."""
    crawl = recommender.crawl
    discount = 1 / np.log2(np.arange(2, length + 2))
    was_listed: dict[str, BoolArray] = {}
    people_count = max(len(crawl.users), 1)
    candidates = len(crawl.item_numbers[kind])
    for user, at, targets in cases:
        users = np.array([user])
        people = People(Moment(recommender, at), users, crawl.users[users])
        known = people.moment.kind(kind).popularity
        is_target = np.zeros(candidates, dtype=np.bool_)
        is_target[targets] = True
        scores = people.signals(kind)
        every = np.concatenate(list(scores.values()))
        best, listed = best_items(every, people.tie_break(kind), length)
        hit = is_target[best] & listed
        bits = -np.log2((known[best] + 1) / (people_count + 1))
        most = min(len(targets), length)
        for place, name in enumerate(scores):
            before = was_listed.setdefault(name, np.zeros(candidates, dtype=np.bool_))
            items = best[place][listed[place]]
            new = len(items) - np.count_nonzero(before[items])
            before[items] = True
            gain = discount[: len(hit[place])][hit[place]].sum()
            yield (
                int(crawl.users[user]),
                kind,
                name,
                np.count_nonzero(hit[place]) / most,
                float(gain / discount[:most].sum()),
                float(bits[place][listed[place]].sum() / max(len(items), 1)),
                new,
                candidates,
            )
