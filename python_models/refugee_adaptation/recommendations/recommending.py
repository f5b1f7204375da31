"""What to show next to whom, and whether that beats showing what is popular.

Every list is ranked by the mean of three signals, each scaled to at most 1 and none of
them tuned: how active an item has been lately, how many people with the same items
turned to it (neighbourhood co-occurrence) and how much of it is tagged like what the
person met or used. A strategy adds one more signal of its own. The evaluation asks the
same code for the list it would have shown just before a person's latest interaction and
knows nothing of that moment or later.

No established library is used because theirs fit one matrix of interactions, and here
every held-out person has a moment of their own, for which such a model would be
refitted; that one of them would rank worse is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.frames import empty_frame, typed_frame
from refugee_adaptation.shared.seeds import seed_rows

ITEM_KINDS = ("note", "creator", "tag")
BASELINES = (
    "random",
    "popularity",
    "recent_popularity",
    "co_occurrence",
    "shared_tags",
)
_DAY = 86_400.0
# people looked at per shared item, the most recent ones; bounds the cost of viral tags
_NEIGHBOURS_PER_ITEM = 2_000


@dataclass(frozen=True)
class Strategy:
    """A way to choose what to show.

    Attributes:
        name: as it stands in the tables.
        item_kind: what the strategy shows: note, creator or tag.
        signal: name of the trials it reads; empty for none.
        measure: how trials become a score: lower (Wilson 95 % lower bound of the share
            of positive trials), balance (4 q (1 - q) of that share, shrunk by the
            number of trials) or count (logarithm of the positive trials).
    """

    name: str
    item_kind: str
    signal: str = ""
    measure: str = ""


STRATEGIES = tuple(
    Strategy(row["strategy"], row["item_kind"], row["signal_name"], row["measure"])
    for row in seed_rows("recommendation_strategies")
)

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


def wilson_lower(positive: FloatArray, trials: FloatArray) -> FloatArray:
    """Lower end of the 95 % Wilson interval of a share; 0 without successes.

    Args:
        positive: shape (n,), successes.
        trials: shape (n,), trials.

    Returns:
        Shape (n,), between 0 and 1.
    """
    z = 1.959963984540054
    held = np.maximum(trials, 1.0)
    share = positive / held
    centre = share + z * z / (2 * held)
    spread = z * np.sqrt(share * (1 - share) / held + z * z / (4 * held * held))
    lower = (centre - spread) / (1 + z * z / held)
    # exactly 0 without successes, where rounding would leave a trace
    return np.where(positive > 0, np.clip(lower, 0.0, 1.0), 0.0)


def _scaled(values: FloatArray) -> FloatArray:
    """Divide by the largest value, so that the scale is 0 to 1."""
    top = float(values.max()) if len(values) else 0.0
    return values / top if top > 0 else np.zeros(len(values))


@dataclass
class _Events:
    """First interactions of people with the items of one kind, by time."""

    user: IntArray
    item: IntArray
    time: FloatArray
    item_count: int
    user_count: int

    @cached_property
    def by_user(self) -> tuple[IntArray, IntArray]:
        """Event positions sorted by user, and where each user's begin."""
        return _grouped(self.user, self.user_count)

    @cached_property
    def by_item(self) -> tuple[IntArray, IntArray]:
        """Event positions sorted by item, and where each item's begin."""
        return _grouped(self.item, self.item_count)

    def of_user(self, user: int, cut: int) -> IntArray:
        """Positions of the user's events among the first ``cut`` events."""
        order, start = self.by_user
        held = order[start[user] : start[user + 1]]
        return held[: np.searchsorted(held, cut)]

    def of_item(self, item: int, cut: int) -> IntArray:
        """Positions of the item's events among the first ``cut`` events."""
        order, start = self.by_item
        held = order[start[item] : start[item + 1]]
        return held[: np.searchsorted(held, cut)]

    def of_users(self, users: IntArray, cut: int) -> IntArray:
        """Positions of the users' events among the first ``cut`` events."""
        order, start = self.by_user
        size = start[users + 1] - start[users]
        offset = np.repeat(start[users] - (np.cumsum(size) - size), size)
        held = order[offset + np.arange(len(offset))]
        return held[held < cut]


def _sums(codes: IntArray, weights: npt.NDArray[Any] | None, size: int) -> FloatArray:
    """Sum the weights (or count, without weights) by code, shape (size,)."""
    return np.bincount(codes, weights, minlength=size).astype(np.float64)


def _grouped(codes: IntArray, groups: int) -> tuple[IntArray, IntArray]:
    """Stable order by code, and the start of each code's run."""
    order = np.argsort(codes, kind="stable")
    size = np.bincount(codes, minlength=groups)
    return order, np.append(0, np.cumsum(size)).astype(np.int64)


@dataclass
class _Moment:
    """What is known about one kind's items at one time, for everybody."""

    cut: int
    popularity: FloatArray
    recency: FloatArray
    available: BoolArray
    strategy: dict[str, FloatArray]


class Recommender:
    """Ranks items for people as of any moment of the crawl.

    Args:
        interactions: one row per person and item, their first interaction: user_number,
            item_kind, item_number, happened_at (seconds). A note is commented on, a
            creator is replied to, a tag is used.
        items: one row per item: item_kind, item_number, available_from (seconds),
            owner_number (who wrote the note, or who the creator is; missing for tags).
        note_tags: one row per note and tag: note_number, tag_number (item numbers).
        signals: one row per trial: item_kind, item_number, signal_name, happened_at
            and positive_at, when it came out in favour (missing when it did not).
        half_life_days: age at which an interaction counts half towards recency.
        seed: seed of the order among equal scores.

    Raises:
        ValueError: an interaction, tag or trial names an item that is not in items, or
            the half-life is not positive.
    """

    def __init__(
        self,
        interactions: pd.DataFrame,
        items: pd.DataFrame,
        note_tags: pd.DataFrame,
        signals: pd.DataFrame,
        *,
        half_life_days: float = 7.0,
        seed: int = 0,
    ) -> None:
        """Sort and number everything; see the class for the arguments."""
        if not half_life_days > 0:
            msg = f"half_life_days must be positive, got {half_life_days}"
            raise ValueError(msg)
        self.half_life = half_life_days * _DAY
        self.seed = seed
        self.users = np.unique(
            np.concatenate(
                [
                    interactions["user_number"].to_numpy(dtype=np.int64),
                    items["owner_number"].dropna().to_numpy(dtype=np.int64),
                ]
            )
        )
        self.item_numbers: dict[str, IntArray] = {}
        self.available_from: dict[str, FloatArray] = {}
        self.owner: dict[str, IntArray] = {}
        self.events: dict[str, _Events] = {}
        for kind in ITEM_KINDS:
            held = items[items["item_kind"] == kind].sort_values("item_number")
            self.item_numbers[kind] = held["item_number"].to_numpy(dtype=np.int64)
            self.available_from[kind] = held["available_from"].to_numpy(dtype=float)
            self.owner[kind] = _codes(
                self.users, held["owner_number"].fillna(-1).to_numpy(dtype=np.int64)
            )
        for kind in ITEM_KINDS:
            rows = interactions[interactions["item_kind"] == kind].sort_values(
                ["happened_at", "user_number", "item_number"]
            )
            self.events[kind] = _Events(
                user=_codes(self.users, rows["user_number"].to_numpy(dtype=np.int64)),
                item=self._items(kind, rows["item_number"]),
                time=rows["happened_at"].to_numpy(dtype=float),
                item_count=len(self.item_numbers[kind]),
                user_count=len(self.users),
            )
        tagged = note_tags.sort_values(["note_number", "tag_number"])
        self.tagged_note = self._items("note", tagged["note_number"])
        self.tagged_tag = self._items("tag", tagged["tag_number"])
        self.note_tag_order, self.note_tag_start = _grouped(
            self.tagged_note, len(self.item_numbers["note"])
        )
        # items and times, of trials and of those in favour
        self.trials: dict[str, list[tuple[IntArray, FloatArray]]] = {}
        for strategy in STRATEGIES:
            own = signals[
                (signals["signal_name"] == strategy.signal)
                & (signals["item_kind"] == strategy.item_kind)
            ]
            self.trials[strategy.name] = [
                (
                    self._items(strategy.item_kind, rows["item_number"]),
                    rows[column].to_numpy(dtype=float),
                )
                for column in ("happened_at", "positive_at")
                for rows in [own[own[column].notna()].sort_values(column)]
            ]
        # of the moment and the person in hand only; both are asked for kind by kind
        self._moments: dict[tuple[str, float], _Moment] = {}
        self._similar: tuple[tuple[int, float], FloatArray] | None = None
        self._known: tuple[tuple[int, float], FloatArray] | None = None

    @classmethod
    def from_relations(
        cls, events: Any, items: Any, hashtags: Any, signals: Any, **options: Any
    ) -> Recommender:
        """Fit from DuckDB relations, with times converted to seconds.

        Args:
            events: as interactions, with first_at as a timestamp.
            items: as items, with available_from_at as a timestamp.
            hashtags: one row per note and hashtag: post_number and hashtag.
            signals: as signals, with timestamps.
            options: half_life_days and seed.

        Returns:
            The fitted recommender.
        """
        kind = "item_kind, item_number, "
        return cls(
            events.project(f"user_number, {kind} epoch(first_at) as happened_at").df(),
            items.project(
                f"{kind} epoch(available_from_at) as available_from, owner_number"
            ).df(),
            hashtags.join(
                items.filter("item_kind = 'tag'").project(
                    "item_id as hashtag, item_number as tag_number"
                ),
                "hashtag",
            )
            .project("post_number as note_number, tag_number")
            .df(),
            signals.project(
                f"{kind} signal_name, epoch(happened_at) as happened_at, "
                "epoch(positive_at) as positive_at"
            ).df(),
            **options,
        )

    def _items(self, kind: str, numbers: pd.Series[Any]) -> IntArray:
        """Positions of item numbers, all of which must be known."""
        codes = _codes(self.item_numbers[kind], numbers.to_numpy(dtype=np.int64))
        if (codes < 0).any():
            msg = f"a row names a {kind} that is not in the items"
            raise ValueError(msg)
        return codes

    def _moment(self, kind: str, at: float) -> _Moment:
        """What was known about the items of a kind before a moment."""
        key = (kind, at)
        if key not in self._moments:
            if any(held != at for _, held in self._moments):
                self._moments.clear()
            events = self.events[kind]
            cut = int(np.searchsorted(events.time, at, side="left"))
            item, age = events.item[:cut], at - events.time[:cut]
            weight = np.exp2(-age / self.half_life)
            self._moments[key] = _Moment(
                cut=cut,
                popularity=_sums(item, None, events.item_count),
                recency=_sums(item, weight, events.item_count),
                available=self.available_from[kind] < at,
                strategy={
                    strategy.name: self._signal(strategy, at)
                    for strategy in STRATEGIES
                    if strategy.item_kind == kind
                },
            )
        return self._moments[key]

    def _signal(self, strategy: Strategy, at: float) -> FloatArray:
        """The strategy's own score of every item before a moment, 0 to 1."""
        size = len(self.item_numbers[strategy.item_kind])
        trials, hits = (
            _sums(item[: np.searchsorted(time, at, side="left")], None, size)
            for item, time in self.trials[strategy.name]
        )
        if strategy.measure == "lower":
            return wilson_lower(hits, trials)
        if strategy.measure == "balance":
            share = hits / np.maximum(trials, 1.0)
            balance: FloatArray = 4 * share * (1 - share) * trials / (trials + 5)
            return balance
        if strategy.measure == "count":
            return _scaled(np.log1p(hits))
        return np.zeros(size)

    def _cut(self, kind: str, at: float) -> int:
        return int(np.searchsorted(self.events[kind].time, at, side="left"))

    def _similarity(self, user: int, at: float) -> FloatArray:
        """How much people share with the person before a moment, shape (users,).

        A shared item counts 1 / log(1 + its people) (Adamic and Adar, 2003).
        """
        if self._similar is None or self._similar[0] != (user, at):
            similarity = np.zeros(len(self.users))
            for kind in ITEM_KINDS:
                events, cut = self.events[kind], self._cut(kind, at)
                for item in events.item[events.of_user(user, cut)].tolist():
                    people = events.user[events.of_item(item, cut)]
                    if len(people) > 1:
                        recent = people[-_NEIGHBOURS_PER_ITEM:]
                        similarity[recent] += 1 / np.log1p(len(people))
            similarity[user] = 0.0
            self._similar = ((user, at), similarity)
        return self._similar[1]

    def _co_occurrence(self, user: int, kind: str, at: float) -> FloatArray:
        """Items of the people who share items with the person, shape (items,).

        A person's similarity is spread over the square root of what they touched.
        """
        similarity = self._similarity(user, at)
        events, cut = self.events[kind], self._cut(kind, at)
        held = events.of_users(np.flatnonzero(similarity), cut)
        owner = events.user[held]
        touched = np.bincount(owner, minlength=len(self.users))
        weight = similarity[owner] / np.sqrt(np.maximum(touched[owner], 1))
        return _sums(events.item[held], weight, events.item_count)

    def _profile(self, user: int, at: float) -> FloatArray:
        """Rarity of the tags the person used or met before a moment, shape (tags,)."""
        if self._known is None or self._known[0] != (user, at):
            tags, notes = self.events["tag"], self.events["note"]
            cut = self._cut("tag", at)
            known = np.zeros(tags.item_count)
            known[tags.item[tags.of_user(user, cut)]] = 1.0
            for note in notes.item[notes.of_user(user, self._cut("note", at))].tolist():
                rows = slice(self.note_tag_start[note], self.note_tag_start[note + 1])
                known[self.tagged_tag[self.note_tag_order[rows]]] = 1.0
            people = np.bincount(tags.item[:cut], minlength=tags.item_count)
            rarity = known * np.log1p(len(self.users) / (1 + people))
            self._known = ((user, at), rarity)
        return self._known[1]

    def _shared_tags(self, user: int, kind: str, at: float) -> FloatArray:
        """How much of an item is tagged like what the person met or used."""
        size = len(self.item_numbers[kind])
        profile = self._profile(user, at)
        if not profile.any():
            return np.zeros(size)
        if kind == "creator":
            events, cut = self.events["tag"], self._cut("tag", at)
            people = len(self.users)
            weight = profile[events.item[:cut]]
            by_person = _sums(events.user[:cut], weight, people)
            used = _sums(events.user[:cut], None, people)
            person = self.owner["creator"]
            return by_person[person] / np.sqrt(np.maximum(used[person], 1))
        exists = self.available_from["note"] < at
        matched = profile[self.tagged_tag] * exists[self.tagged_note]
        notes = len(self.item_numbers["note"])
        by_note = _sums(self.tagged_note, matched, notes)
        by_note /= np.sqrt(np.maximum(np.diff(self.note_tag_start), 1))
        if kind == "note":
            return by_note
        return _sums(self.tagged_tag, by_note[self.tagged_note], size)

    @property
    def end(self) -> float:
        """One second after the last event, or item, of the crawl."""
        times = [events.time for events in self.events.values()]
        times += list(self.available_from.values())
        return float(max((held.max() for held in times if len(held)), default=0)) + 1

    def signals(
        self, user: int, kind: str, at: float, *, number: int | None = None
    ) -> dict[str, FloatArray]:
        """Score every item of a kind for a person by every signal.

        Args:
            user: position of the person in ``users``, -1 for someone never seen.
            kind: note, creator or tag.
            at: seconds; only what happened before counts.
            number: the person's user_number, when ``user`` is -1.

        Returns:
            By signal, shape (items,): the baselines and every strategy of the kind.
        """
        moment = self._moment(kind, at)
        size = len(moment.popularity)
        drawn_for = int(self.users[user]) if user >= 0 else number or 0
        jitter = np.random.default_rng([self.seed, drawn_for]).random(size)
        nothing = np.zeros(size)
        shared = _scaled(self._shared_tags(user, kind, at)) if user >= 0 else nothing
        near = _scaled(self._co_occurrence(user, kind, at)) if user >= 0 else nothing
        recency = _scaled(moment.recency)
        blended = (recency + near + shared) / 3
        scores = {
            "random": jitter,
            "popularity": moment.popularity,
            "recent_popularity": recency,
            "co_occurrence": near,
            "shared_tags": shared,
        }
        for strategy in STRATEGIES:
            if strategy.item_kind == kind and strategy.signal:
                scores[strategy.name] = blended + moment.strategy[strategy.name]
        scores["blended"] = blended
        return scores

    def candidates(self, user: int, kind: str, at: float) -> IntArray:
        """Items a person could be shown: existing, not their own, not known yet.

        Args:
            user: position of the person in ``users``, -1 for someone never seen.
            kind: note, creator or tag.
            at: seconds; only what happened before counts.

        Returns:
            Positions of the items among those of the kind.
        """
        moment = self._moment(kind, at)
        allowed = moment.available.copy()
        if user >= 0:
            allowed &= self.owner[kind] != user
            events = self.events[kind]
            allowed[events.item[events.of_user(user, moment.cut)]] = False
        return np.flatnonzero(allowed)


def _codes(known: IntArray, numbers: IntArray) -> IntArray:
    """Positions of numbers in a sorted array, -1 where absent."""
    if not len(known):
        return np.full(len(numbers), -1, dtype=np.int64)
    position = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.where(known[position] == numbers, position, -1).astype(np.int64)


def _top(
    scores: dict[str, FloatArray], name: str, places: IntArray, length: int
) -> IntArray:
    """The best of some items by a score, best first; equal ones in random order."""
    score = scores[name][places] + 1e-9 * scores["random"][places]
    if len(places) > length:
        best = np.argpartition(-score, length - 1)[:length]
        places, score = places[best], score[best]
    return places[np.argsort(-score, kind="stable")]


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
    moment = recommender.end if at is None else at
    numbers = np.unique(np.asarray(user_numbers, dtype=np.int64))
    users = _codes(recommender.users, numbers)
    blocks: list[tuple[Any, ...]] = []
    for user, number in zip(users.tolist(), numbers.tolist(), strict=True):
        for kind in ITEM_KINDS:
            own = recommender._moment(kind, moment).strategy
            allowed = recommender.candidates(user, kind, moment)
            scores = recommender.signals(user, kind, moment, number=number)
            for order, strategy in enumerate(STRATEGIES):
                if strategy.item_kind != kind:
                    continue
                best = _top(scores, strategy.name, allowed, length)
                blocks.append(
                    (
                        np.full(len(best), number),
                        np.full(len(best), order),
                        np.arange(1, len(best) + 1),
                        recommender.item_numbers[kind][best],
                        scores[strategy.name][best],
                        scores["recent_popularity"][best],
                        scores["co_occurrence"][best],
                        scores["shared_tags"][best],
                        own[strategy.name][best],
                    )
                )
    if not blocks:
        return empty_frame(_LIST_COLUMNS)
    columns = [np.concatenate(column) for column in zip(*blocks, strict=True)]
    person, chosen, ranks, item, *parts = columns
    names = np.array([strategy.name for strategy in STRATEGIES], dtype=object)
    kinds = np.array([strategy.item_kind for strategy in STRATEGIES], dtype=object)
    values = [person, names[chosen], ranks, kinds[chosen], item, *parts]
    table = typed_frame(dict(zip(_LIST_COLUMNS, values, strict=True)), _LIST_COLUMNS)
    return table.sort_values(
        ["user_number", "strategy", "recommendation_rank"], ignore_index=True
    )


def held_out(recommender: Recommender, kind: str) -> list[tuple[int, float, IntArray]]:
    """Find each person's latest interactions of a kind that can be predicted.

    Args:
        recommender: the fitted recommender.
        kind: note, creator or tag.

    Returns:
        Per person with an earlier interaction of any kind: position in
        ``recommender.users``, the moment, and the items first touched at that moment.
    """
    first = np.full(len(recommender.users), np.inf)
    for events in recommender.events.values():
        np.minimum.at(first, events.user, events.time)
    events = recommender.events[kind]
    cases = []
    for user in np.unique(events.user):
        held = events.of_user(int(user), len(events.user))
        moment = float(events.time[held[-1]])
        if first[user] < moment:
            cases.append(
                (int(user), moment, events.item[held[events.time[held] == moment]])
            )
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
        cases = held_out(recommender, kind)
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
    discount = 1 / np.log2(np.arange(2, length + 2))
    listed: dict[str, set[int]] = {}
    people = max(len(recommender.users), 1)
    candidates = len(recommender.item_numbers[kind])
    for user, moment, targets in cases:
        allowed = recommender.candidates(user, kind, moment)
        known = recommender._moment(kind, moment).popularity
        bits = -np.log2((known + 1) / (people + 1))
        best_possible = discount[: min(len(targets), length)].sum()
        scores = recommender.signals(user, kind, moment)
        for name in scores:
            shown = _top(scores, name, allowed, length)
            hit = np.isin(shown, targets)
            before = listed.setdefault(name, set())
            new = set(shown.tolist()) - before
            before |= new
            yield (
                int(recommender.users[user]),
                kind,
                name,
                hit.sum() / min(len(targets), length),
                float(discount[: len(shown)][hit].sum() / best_possible),
                float(bits[shown].mean()) if len(shown) else 0.0,
                len(new),
                candidates,
            )
