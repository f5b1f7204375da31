"""Who answers whom: threads of comments, reply communities, early replies."""

from dataclasses import dataclass

import numpy as np

from refugee_adaptation.sample.counts import Bools, Floats, Ints
from refugee_adaptation.sample.posts import Plan
from refugee_adaptation.sample.settings import Settings
from refugee_adaptation.sample.users import (
    DAY,
    DAY_COUNT,
    REPLY_COMMUNITIES,
    START,
    People,
    Skeleton,
    rank_within,
)

END = START + DAY_COUNT * DAY
NOBODY = -1
REPLIES_PER_GROUP = np.array([0.0, 2.2, 0.7])
VISITORS_PER_POST = 0.22
MOST_ROOTS = 10


@dataclass
class Visitors:
    """People who comment but do not post; numbered after the authors."""

    reply_community: Ints
    is_newcomer: Bools
    is_local: Bools
    account_created: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        """Return the number of visitors."""
        return len(self.reply_community)


@dataclass
class Threads:
    """One position per comment, in order of time; people are numbered across both."""

    post: Ints
    person: Ints
    created: Ints
    parent: Ints


def visit(rng: np.random.Generator, settings: Settings, posts: int) -> Visitors:
    """Create the people who only comment: locals and newcomers who never post."""
    size = round(VISITORS_PER_POST * posts) if settings.comments else 0
    local = rng.random(size) < 0.6
    newcomer = ~local & (rng.random(size) < 0.8)
    opening = START + 12 * DAY
    arrive = opening + (rng.exponential(3.0, size) * DAY).astype(np.int64)
    arrive = np.minimum(arrive, END - 2 * DAY)
    joined = np.where(
        newcomer,
        np.maximum(opening + 60, arrive - rng.integers(300, DAY, size)),
        opening - (np.exp(rng.uniform(3.0, 8.0, size)) * DAY).astype(np.int64),
    )
    stay = (rng.exponential(9.0, size) * DAY).astype(np.int64) + DAY
    return Visitors(
        reply_community=rng.integers(0, REPLY_COMMUNITIES, size),
        is_newcomer=newcomer,
        is_local=local,
        account_created=joined,
        first=np.where(local, START, arrive),
        last=np.where(local, END, np.minimum(arrive + stay, END)),
    )


class _Crowd:
    """Everybody who can comment, by reply community."""

    def __init__(
        self,
        rng: np.random.Generator,
        people: People,
        visitors: Visitors,
        settings: Settings,
    ) -> None:
        strength = min(settings.separation / 3.0, 1.0)
        eager = 1.0 + strength * (REPLIES_PER_GROUP[people.group] - 1.0)
        self.community = np.concatenate(
            [people.reply_community, visitors.reply_community]
        )
        self.weight = np.concatenate(
            [eager * (0.4 + people.rate), np.full(len(visitors), 1.2)]
        ) * rng.gamma(2.0, 0.5, len(people) + len(visitors))
        self.first = np.concatenate([people.first_post, visitors.first])
        last_day = np.minimum(people.last_day, DAY_COUNT - 1)
        self.last = np.concatenate([START + (last_day + 1) * DAY - 1, visitors.last])
        self._pools = [
            np.flatnonzero((self.community == c) & (self.weight > 0))
            for c in range(REPLY_COMMUNITIES)
        ]
        self._edges = [np.cumsum(self.weight[pool]) for pool in self._pools]
        self._all = np.flatnonzero(self.weight > 0)
        self._all_edges = np.cumsum(self.weight[self._all])

    def draw(
        self,
        rng: np.random.Generator,
        community: Ints,
        created: Ints,
        avoid: Ints,
        loyalty: float,
    ) -> Ints:
        """Draw somebody present at `created`, loyal to `community`; -1 if nobody is."""
        size = len(community)
        chosen = np.full(size, NOBODY, dtype=np.int64)
        loyal = rng.random(size) < loyalty
        for _ in range(40):
            open_rows = np.flatnonzero(chosen == NOBODY)
            if not len(open_rows):
                break
            draw = rng.random(len(open_rows))
            pick = np.full(len(open_rows), NOBODY, dtype=np.int64)
            for c in range(REPLY_COMMUNITIES):
                rows = np.flatnonzero(loyal[open_rows] & (community[open_rows] == c))
                pick[rows] = _from(self._pools[c], self._edges[c], draw[rows])
            rows = np.flatnonzero(~loyal[open_rows])
            pick[rows] = _from(self._all, self._all_edges, draw[rows])
            when = created[open_rows]
            fits = (
                (pick != NOBODY)
                & (self.first[pick] < when)
                & (self.last[pick] >= when)
                & (pick != avoid[open_rows])
            )
            chosen[open_rows[fits]] = pick[fits]
        return chosen


def _from(pool: Ints, edges: Floats, draw: Floats) -> Ints:
    if not len(pool):
        return np.full(len(draw), NOBODY, dtype=np.int64)
    place = np.searchsorted(edges, draw * edges[-1], side="right")
    return np.asarray(pool[np.minimum(place, len(pool) - 1)], dtype=np.int64)


def converse(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    skeleton: Skeleton,
    plan: Plan,
    visitors: Visitors,
) -> Threads:
    """Create the comments of a batch: who, when, under which post, in reply to what.

    First-level comments come first, then three rounds of replies to what is there, then
    a last comment of authors whose stay ends later than their last post.
    """
    empty = np.empty(0, dtype=np.int64)
    if not settings.comments:
        return Threads(empty, empty, empty, empty)
    crowd = _Crowd(rng, people, visitors, settings)
    size = len(skeleton.author)
    declared = plan.counts[:, 2]
    # a banded count promises its lower bound only
    for low, high in ((10, 999), (1_000, 9_999), (10_000, 10**9)):
        inside = plan.is_banded & (declared >= low) & (declared <= high)
        declared = np.where(inside, low, declared)
    wanted = np.minimum(rng.geometric(0.40, size), MOST_ROOTS)
    wanted[rng.random(size) < 0.12] = 0
    first = skeleton.order == 0
    promised = first & people.has_early_reply[skeleton.author]
    unlucky = first & ~people.has_early_reply[skeleton.author]
    wanted[promised] = np.maximum(wanted[promised], 1)
    wanted[unlucky & (rng.random(size) < 0.5)] = 0
    wanted = np.minimum(wanted, declared)
    post = np.repeat(np.arange(size), wanted)
    place = rank_within(post)
    delay = np.exp(rng.normal(np.log(3.0), 1.4, len(post))) * 3_600
    delay = np.where(
        promised[post] & (place == 0), 300 + rng.random(len(post)) * 20 * 3_600, delay
    )
    late = (49 + rng.exponential(60.0, len(post))) * 3_600
    delay = np.where(unlucky[post], late, delay) + 30
    created = skeleton.created[post] + delay.astype(np.int64)
    kept = created < END
    post, created = post[kept], created[kept]
    author = skeleton.author[post]
    person = crowd.draw(
        rng, people.reply_community[author], created, author, settings.reply_loyalty
    )
    kept = person != NOBODY
    threads = Threads(
        post[kept], person[kept], created[kept], np.full(int(kept.sum()), NOBODY)
    )
    used = np.bincount(threads.post, minlength=size)
    room = np.minimum(declared, 60) - used
    for share in (0.42, 0.40, 0.35):
        threads, room = _reply_round(
            rng, settings, skeleton, crowd, threads, room, share
        )
    threads = _last_words(
        rng, settings, people, skeleton, crowd, threads, room, unlucky
    )
    order = np.lexsort((threads.person, threads.post, threads.created))
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    parent = threads.parent[order]
    parent = np.where(parent == NOBODY, NOBODY, back[parent])
    return Threads(
        threads.post[order], threads.person[order], threads.created[order], parent
    )


def _reply_round(
    rng: np.random.Generator,
    settings: Settings,
    skeleton: Skeleton,
    crowd: _Crowd,
    threads: Threads,
    room: Ints,
    share: float,
) -> tuple[Threads, Ints]:
    """Let some of the comments so far be answered, by the post's author or others."""
    candidates = np.flatnonzero(rng.random(len(threads.post)) < share)
    candidates = candidates[np.argsort(threads.post[candidates], kind="stable")]
    post = threads.post[candidates]
    fits = rank_within(post) < room[post]
    candidates, post = candidates[fits], post[fits]
    delay = (np.exp(rng.normal(np.log(1.2), 1.2, len(post))) * 3_600).astype(np.int64)
    created = threads.created[candidates] + delay + 20
    target = threads.person[candidates]
    author = skeleton.author[post]
    by_author = (
        (rng.random(len(post)) < 0.35)
        & (target != author)
        & (crowd.weight[author] > 0)
        & (crowd.last[author] >= created)
    )
    other = crowd.draw(
        rng, crowd.community[target], created, target, settings.reply_loyalty
    )
    person = np.where(by_author, author, other)
    kept = (person != NOBODY) & (created < END)
    grown = Threads(
        np.concatenate([threads.post, post[kept]]),
        np.concatenate([threads.person, person[kept]]),
        np.concatenate([threads.created, created[kept]]),
        np.concatenate([threads.parent, candidates[kept]]),
    )
    room = room - np.bincount(post[kept], minlength=len(room))
    return grown, room


def _last_words(
    rng: np.random.Generator,
    settings: Settings,
    people: People,
    skeleton: Skeleton,
    crowd: _Crowd,
    threads: Threads,
    room: Ints,
    unlucky: Bools,
) -> Threads:
    """Add a comment on the last day of authors who stay longer than they post."""
    last_post = np.zeros(len(people), dtype=np.int64)
    np.maximum.at(last_post, skeleton.author, skeleton.day)
    last_day = np.minimum(people.last_day, DAY_COUNT - 1)
    quiet = np.flatnonzero((last_day > last_post) & (crowd.weight[: len(people)] > 0))
    moment = START + last_day[quiet] * DAY + rng.integers(DAY // 3, DAY, len(quiet))
    # posts of the same community that are recent enough on that day, else any
    by_time = skeleton.created
    post = np.full(len(quiet), NOBODY, dtype=np.int64)
    loyal = rng.random(len(quiet)) < settings.reply_loyalty
    community = people.reply_community[skeleton.author]
    for _ in range(30):
        rows = np.flatnonzero(post == NOBODY)
        if not len(rows):
            break
        newest = np.searchsorted(by_time, moment[rows])
        back = rng.integers(1, 1 + np.maximum(newest // 4, 1))
        pick = np.maximum(newest - back, 0)
        fits = (
            (by_time[pick] < moment[rows])
            & (room[pick] > 0)
            & ~unlucky[pick]
            & (skeleton.author[pick] != quiet[rows])
            & (~loyal[rows] | (community[pick] == crowd.community[quiet[rows]]))
        )
        post[rows[fits]] = pick[fits]
    kept = np.flatnonzero(post != NOBODY)
    kept = kept[np.argsort(post[kept], kind="stable")]
    kept = kept[rank_within(post[kept]) < room[post[kept]]]
    return Threads(
        np.concatenate([threads.post, post[kept]]),
        np.concatenate([threads.person, quiet[kept]]),
        np.concatenate([threads.created, moment[kept]]),
        np.concatenate([threads.parent, np.full(len(kept), NOBODY)]),
    )
