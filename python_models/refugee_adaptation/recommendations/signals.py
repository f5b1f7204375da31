"""How well every item suits people at a moment of the crawl, by signals of its own.

Three signals rank every list, each scaled to at most 1 and none of them tuned: how
active an item has been lately, how many people with the same items turned to it
(neighbourhood co-occurrence) and how much of it is tagged like what the person met or
used. A strategy adds one more signal of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from refugee_adaptation.recommendations.interactions import Interactions
from refugee_adaptation.shared.arrays import BoolArray, FloatArray, IntArray
from refugee_adaptation.shared.seeds import seed_rows

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
        signal: name of the scores it reads; empty for none.
        measure: how trials became a score (``int_interactions__signal_scores``); a
            count has no largest value and is scaled.
    """

    name: str
    item_kind: str
    signal: str = ""
    measure: str = ""


STRATEGIES = tuple(
    Strategy(row["strategy"], row["item_kind"], row["signal_name"], row["measure"])
    for row in seed_rows("recommendation_strategies")
)


def _scaled(values: npt.NDArray[Any]) -> FloatArray:
    """Divide each row, none below 0, by its largest value: the scale is 0 to 1."""
    top = values.max(axis=-1, keepdims=True, initial=0.0)
    return np.asarray(values / np.where(top > 0, top, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class _Changes:
    """Scores of items from moments on, by time."""

    time: FloatArray
    item: IntArray
    score: FloatArray


class Recommender:
    """Ranks items for people as of any moment of the crawl.

    Args:
        interactions: one row per person and item, their first interaction: user_number,
            item_kind, item_number, happened_at (seconds). A note is commented on, a
            creator is replied to, a tag is used.
        items: one row per item: item_kind, item_number, available_from (seconds),
            owner_number (who wrote the note, or who the creator is; missing for tags).
        note_tags: one row per note and tag: note_number, tag_number (item numbers).
        scores: what trials say of an item: signal_name, item_kind, item_number, score
            (at least 0), changed_at (seconds), from which on it is that.
        half_life_days: age at which an interaction counts half towards recency.
        seed: seed of the order among equal scores.

    Raises:
        ValueError: an interaction, tag or score names an item that is not in items, or
            the half-life is not positive.
    """

    def __init__(
        self,
        interactions: pd.DataFrame,
        items: pd.DataFrame,
        note_tags: pd.DataFrame,
        scores: pd.DataFrame,
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
        self.crawl = Interactions(interactions, items, note_tags)
        self.tag_notes = self.crawl.note_tags.T.tocsr()
        # a note with many tags is not closer for it
        tags = np.diff(self.crawl.note_tags.indptr)
        self.note_weight = 1 / np.sqrt(np.maximum(tags, 1))
        self.changes: dict[str, _Changes] = {}
        for strategy in STRATEGIES:
            own = scores[
                (scores["signal_name"] == strategy.signal)
                & (scores["item_kind"] == strategy.item_kind)
            ].sort_values(["changed_at", "item_number"])
            self.changes[strategy.name] = _Changes(
                own["changed_at"].to_numpy(dtype=float),
                self.crawl.of_items(strategy.item_kind, own["item_number"]),
                own["score"].to_numpy(dtype=float),
            )

    @classmethod
    def from_relations(
        cls,
        events: Any,
        items: Any,
        hashtags: Any,
        scores: Any,
        *,
        max_interactions: int,
        **options: Any,
    ) -> Recommender:
        """Fit from DuckDB relations, with times converted to seconds.

        Args:
            events: as interactions, with first_at as a timestamp.
            items: as items, with available_from_at as a timestamp.
            hashtags: one row per note and hashtag: post_number and hashtag.
            scores: as scores, with timestamps.
            max_interactions: of a crawl with more, only the people and items of so
                many latest interactions count, with all that happened among them.
            options: half_life_days and seed.

        Returns:
            The fitted recommender.
        """
        key, kind = "item_kind, item_number", "item_kind, item_number, "
        by_time = events.project("first_at").order("first_at desc")
        last_out = by_time.limit(1, max_interactions).fetchone()
        if last_out:
            latest = events.filter(f"first_at > timestamp '{last_out[0]}'")
            touched = latest.project(key).distinct()
            new = items.filter(f"available_from_at > timestamp '{last_out[0]}'")
            held = touched.union(new.project(key)).distinct().set_alias("held")
            people = latest.project("user_number").distinct().set_alias("people")
            items = items.join(held, key, how="semi")
            scores = scores.join(held, key, how="semi")
            events = events.join(people, "user_number", how="semi")
            events = events.set_alias("theirs").join(held, key, how="semi")
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
            .set_alias("tagged")
            .join(
                items.filter("item_kind = 'note'")
                .project("item_number as post_number")
                .set_alias("notes"),
                "post_number",
                how="semi",
            )
            .project("post_number as note_number, tag_number")
            .df(),
            scores.project(
                f"{kind} signal_name, score, epoch(changed_at) as changed_at"
            ).df(),
            **options,
        )


@dataclass(frozen=True)
class _Kind:
    """What is known about one kind's items, for everybody; shape (items,) each."""

    popularity: FloatArray
    recency: FloatArray
    is_available: BoolArray
    strategies: dict[str, FloatArray]


class Moment:
    """What is known to everybody before a moment.

    Args:
        recommender: the fitted recommender.
        at: seconds; only what happened before counts.
    """

    def __init__(self, recommender: Recommender, at: float) -> None:
        """Look nothing up yet."""
        self.recommender = recommender
        self.crawl = recommender.crawl
        self.at = at
        self.cut = int(np.searchsorted(self.crawl.time, at, side="left"))
        self._kinds: dict[str, _Kind] = {}

    def _known(self, kind: str) -> slice:
        """The events of a kind that came before the moment."""
        return slice(np.searchsorted(self.crawl.events[kind].place, self.cut))

    def kind(self, kind: str) -> _Kind:
        """What is known about the items of a kind."""
        if kind not in self._kinds:
            events, known = self.crawl.events[kind], self._known(kind)
            item, age = events.item[known], self.at - events.time[known]
            weight = np.exp2(-age / self.recommender.half_life)
            size = len(self.crawl.item_numbers[kind])
            self._kinds[kind] = _Kind(
                popularity=np.bincount(item, minlength=size).astype(np.float64),
                recency=_scaled(np.bincount(item, weight, minlength=size)),
                is_available=self.crawl.available_from[kind] < self.at,
                strategies={
                    strategy.name: self._own_signal(strategy, size)
                    for strategy in STRATEGIES
                    if strategy.item_kind == kind
                },
            )
        return self._kinds[kind]

    def _own_signal(self, strategy: Strategy, size: int) -> FloatArray:
        """The strategy's own score of every item, 0 to 1."""
        changes = self.recommender.changes[strategy.name]
        known = slice(np.searchsorted(changes.time, self.at, side="left"))
        score = np.zeros(size)
        # of several changes of an item the last one stays
        score[changes.item[known]] = changes.score[known]
        return _scaled(score) if strategy.measure == "count" else score

    @cached_property
    def tags_used(self) -> FloatArray:
        """How many tags each person has used, shape (people,)."""
        users = self.crawl.events["tag"].user[self._known("tag")]
        return np.bincount(users, minlength=len(self.crawl.users)).astype(np.float64)

    @cached_property
    def rarity(self) -> FloatArray:
        """How few people have used each tag, shape (tags,)."""
        tags = self.crawl.events["tag"].item[self._known("tag")]
        used_by = np.bincount(tags, minlength=len(self.crawl.item_numbers["tag"]))
        return np.asarray(np.log1p(len(self.crawl.users) / (1 + used_by)))


def _columns(matrix: csr_array, columns: npt.NDArray[Any]) -> FloatArray:
    """The columns of a matrix that hold anything, shape (rows, columns).

    A dense factor is quicker than a sparse one where most people share a viral tag.
    """
    place = np.searchsorted(columns, matrix.indices)
    dense = np.zeros((matrix.shape[0], len(columns)))
    dense[np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), place] = (
        matrix.data
    )
    return dense


class People:
    """Some people at a moment, and how well every item suits each of them.

    Args:
        moment: what everybody knows.
        users: positions of the people, shape (n,), -1 for someone never seen.
        numbers: their user numbers, shape (n,), which decide among equal scores.
    """

    def __init__(self, moment: Moment, users: IntArray, numbers: IntArray) -> None:
        """Look nothing up yet."""
        self.moment = moment
        self.crawl = moment.crawl
        self.users = users
        self.numbers = numbers

    def _touched(self, kind: str) -> csr_array:
        return self.crawl.by_user[kind].before(self.users, self.moment.cut)

    @cached_property
    def random(self) -> FloatArray:
        """A number in [0, 1) per person and item, shape (n, items of any kind)."""
        most = max(len(numbers) for numbers in self.crawl.item_numbers.values())
        seed = self.moment.recommender.seed
        drawn = [np.random.default_rng([seed, n]).random(most) for n in self.numbers]
        return np.array(drawn).reshape(len(self.numbers), most)

    @cached_property
    def similar(self) -> FloatArray:
        """How much everybody shares with each of the people, shape (n, people).

        A shared item counts 1 / log(1 + its people) (Adamic and Adar, 2003).
        """
        own = self._touched("all")
        items = np.unique(own.indices)
        sharers = self.crawl.by_item.before(items, self.moment.cut)
        count = np.diff(sharers.indptr)
        from_last = np.repeat(sharers.indptr[1:], count) - np.arange(sharers.nnz)
        weight = np.repeat(1 / np.log1p(np.maximum(count, 1)), count)
        sharers.data = np.where(from_last <= _NEIGHBOURS_PER_ITEM, weight, 0.0)
        shared: FloatArray = _columns(own, items) @ sharers
        rows = np.flatnonzero(self.users >= 0)
        shared[rows, self.users[rows]] = 0.0
        return shared

    def _co_occurrence(self, kind: str) -> FloatArray:
        """Items of the people who share items with the person, shape (n, items).

        A person's similarity is spread over the square root of what they touched.
        """
        others = np.flatnonzero(self.similar.any(axis=0))
        touched = self.crawl.by_user[kind].before(others, self.moment.cut)
        count = np.maximum(np.diff(touched.indptr), 1)
        return np.asarray(self.similar[:, others] / np.sqrt(count) @ touched)

    @cached_property
    def profile(self) -> csr_array:
        """Rarity of the tags the people used or met, shape (n, tags)."""
        met = self._touched("note") @ self.crawl.note_tags
        known = (met + self._touched("tag")).tocsr()
        known.data = self.moment.rarity[known.indices]
        return known

    def _shared_tags(self, kind: str) -> FloatArray:
        """How much of an item is tagged like what the person met or used."""
        crawl, moment, recommender = self.crawl, self.moment, self.moment.recommender
        if kind == "creator":
            tags = np.unique(self.profile.indices)
            items = tags + crawl.first_item["tag"]
            used = crawl.by_item.before(items, moment.cut)
            creator = crawl.owner["creator"]
            weight = 1 / np.sqrt(np.maximum(moment.tags_used[creator], 1))
            return np.asarray(
                (_columns(self.profile, tags) @ used)[:, creator] * weight
            )
        is_note = crawl.available_from["note"] < moment.at
        by_note = self.profile.toarray() @ recommender.tag_notes
        by_note *= is_note * recommender.note_weight
        return np.asarray(by_note if kind == "note" else by_note @ crawl.note_tags)

    def signals(self, kind: str) -> dict[str, FloatArray]:
        """Score every item of a kind for every person by every signal.

        Args:
            kind: note, creator or tag.

        Returns:
            By signal, shape (n, items): the baselines and every strategy of the kind.
        """
        everybody = self.moment.kind(kind)
        shape = (len(self.users), len(everybody.popularity))
        near, shared = _scaled(self._co_occurrence(kind)), self._shared_tags(kind)
        shared = _scaled(shared)
        blended = (everybody.recency + near + shared) / 3
        scores = {
            "random": self.random[:, : shape[1]],
            "popularity": np.broadcast_to(everybody.popularity, shape),
            "recent_popularity": np.broadcast_to(everybody.recency, shape),
            "co_occurrence": near,
            "shared_tags": shared,
        }
        for strategy in STRATEGIES:
            if strategy.item_kind == kind and strategy.signal:
                scores[strategy.name] = blended + everybody.strategies[strategy.name]
        scores["blended"] = blended
        return scores

    def tie_break(self, kind: str) -> FloatArray:
        """Tell what may be shown, and in which order equals come.

        Items exist, are not the person's own and not yet known to the person.

        Args:
            kind: note, creator or tag.

        Returns:
            Shape (n, items): too little to turn two scores round, minus infinity for
            what may not be shown.
        """
        is_own = self.crawl.owner[kind] == self.users[:, None]
        is_shown = self.moment.kind(kind).is_available & ~is_own
        touched = self._touched(kind)
        person = np.repeat(np.arange(len(self.users)), np.diff(touched.indptr))
        is_shown[person, touched.indices] = False
        return np.where(is_shown, 1e-9 * self.random[:, : is_shown.shape[1]], -np.inf)
