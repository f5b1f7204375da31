"""Who turned to what and when, so that any moment of the crawl can be looked back from.

Everything is numbered by position: people in the order of their numbers, items kind by
kind, interactions in the order of time. What was known at a moment is what comes before
one position among the interactions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from refugee_adaptation.shared.arrays import FloatArray, IntArray

ITEM_KINDS = ("note", "creator", "tag")


@dataclass(frozen=True)
class Links:
    """Rows linked to columns, in the order of time within each row.

    Attributes:
        start: Where each row's links begin, and where the last one's end, shape
            (rows + 1,).
        column: Shape (links,).
        place: Position of each link among all interactions, shape (links,).
        width: Number of columns.
    """

    start: IntArray
    column: npt.NDArray[np.int32]
    place: IntArray
    width: int

    @classmethod
    def of(
        cls, row: IntArray, column: IntArray, place: IntArray, shape: tuple[int, int]
    ) -> Links:
        """Sort links by row; within a row they keep their order.

        Args:
            row: Shape (links,).
            column: Shape (links,).
            place: Shape (links,), ascending.
            shape: Rows and columns.

        Returns:
            The links. A last row without any is added, which row -1 is.
        """
        order = np.argsort(row, kind="stable")
        size = np.bincount(row, minlength=shape[0] + 1)
        start = np.append(0, np.cumsum(size)).astype(np.int64)
        # scipy looks twice at every position of 64 bits
        return cls(start, column[order].astype(np.int32), place[order], shape[1])

    def before(self, rows: IntArray, cut: int) -> csr_array:
        """Take some rows, as they were before a position among the interactions.

        Args:
            rows: Shape (n,), -1 for a row without links.
            cut: Links from this place on are left out.

        Returns:
            Shape (n, width), ones; the columns of a row in the order of time.
        """
        first = self.start[:-1][rows]
        size = self.start[1:][rows] - first
        ends = np.append(0, np.cumsum(size))
        links = np.arange(ends[-1]) + np.repeat(first - ends[:-1], size)
        is_known = self.place[links] < cut
        ends = np.append(0, np.cumsum(is_known))[ends].astype(np.int32)
        column = self.column[links[is_known]]
        ones = np.ones(len(column))
        return csr_array((ones, column, ends), shape=(len(rows), self.width))


@dataclass(frozen=True)
class Events:
    """Interactions with items of one kind, in the order of time; shape (events,) each.

    Attributes:
        user: The person.
        item: The item, within its kind.
        time: Seconds.
        place: Position among the interactions of all kinds.
    """

    user: IntArray
    item: IntArray
    time: FloatArray
    place: IntArray


def positions(known: IntArray, numbers: npt.ArrayLike) -> IntArray:
    """Positions of numbers in a sorted array, -1 where absent."""
    wanted = np.asarray(numbers, dtype=np.int64)
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, place, -1).astype(np.int64)


class Interactions:
    """People's first interactions with notes, creators and tags.

    Attributes:
        users: Numbers of the people, ascending, shape (people,).
        item_numbers: By kind, ascending, shape (items,).
        available_from: By kind, seconds, shape (items,).
        owner: By kind, position of the person who wrote or is the item; -2 for none.
        time: Of all interactions, seconds, ascending, shape (interactions,).
        events: By kind, its interactions.
        by_user: By kind, links from people to items of the kind; "all": to all items,
            kind by kind.
        by_item: Links from all items to people.
        first_item: By kind, where its items begin among all items.
        note_tags: Notes by tags, one where a note has a tag.
    """

    def __init__(
        self, interactions: pd.DataFrame, items: pd.DataFrame, note_tags: pd.DataFrame
    ) -> None:
        """Sort and number everything.

        Args:
            interactions: One row per person and item, their first interaction:
                user_number, item_kind, item_number, happened_at (seconds).
            items: One row per item: item_kind, item_number, available_from (seconds),
                owner_number (missing for tags).
            note_tags: One row per note and tag: note_number, tag_number.

        Raises:
            ValueError: An interaction or tag names an item that is not in items.
        """
        owners = items["owner_number"].dropna().to_numpy(dtype=np.int64)
        people = interactions["user_number"].to_numpy(dtype=np.int64)
        self.users = np.unique(np.concatenate([people, owners]))
        self.item_numbers: dict[str, IntArray] = {}
        self.available_from: dict[str, FloatArray] = {}
        self.owner: dict[str, IntArray] = {}
        self.first_item: dict[str, int] = {}
        total = 0
        for kind in ITEM_KINDS:
            held = items[items["item_kind"] == kind].sort_values("item_number")
            self.item_numbers[kind] = held["item_number"].to_numpy(dtype=np.int64)
            self.available_from[kind] = held["available_from"].to_numpy(dtype=float)
            owner = positions(self.users, held["owner_number"].fillna(-1))
            self.owner[kind] = np.where(owner < 0, -2, owner)
            self.first_item[kind] = total
            total += len(held)
        rows = interactions.assign(
            kind=interactions["item_kind"].map(ITEM_KINDS.index).astype("int64")
        ).sort_values(["happened_at", "kind", "user_number", "item_number"])
        user = positions(self.users, rows["user_number"])
        self.time = rows["happened_at"].to_numpy(dtype=float)
        item = np.zeros(len(rows), dtype=np.int64)
        self.events: dict[str, Events] = {}
        self.by_user: dict[str, Links] = {}
        for order, kind in enumerate(ITEM_KINDS):
            place = np.flatnonzero(rows["kind"].to_numpy() == order)
            own = self.of_items(kind, rows["item_number"].iloc[place])
            item[place] = own + self.first_item[kind]
            self.events[kind] = Events(user[place], own, self.time[place], place)
            shape = (len(self.users), len(self.item_numbers[kind]))
            self.by_user[kind] = Links.of(user[place], own, place, shape)
        place = np.arange(len(rows))
        shape = (len(self.users), total)
        self.by_user["all"] = Links.of(user, item, place, shape)
        self.by_item = Links.of(item, user, place, shape[::-1])
        tagged = (
            self.of_items("note", note_tags["note_number"]),
            self.of_items("tag", note_tags["tag_number"]),
        )
        self.note_tags = csr_array(
            (np.ones(len(tagged[0])), tagged),
            shape=(len(self.item_numbers["note"]), len(self.item_numbers["tag"])),
        )

    def of_items(self, kind: str, numbers: npt.ArrayLike) -> IntArray:
        """Positions of item numbers, all of which must be known."""
        found = positions(self.item_numbers[kind], numbers)
        if (found < 0).any():
            msg = f"a row names a {kind} that is not in the items"
            raise ValueError(msg)
        return found

    @property
    def end(self) -> float:
        """One second after the last interaction, or item, of the crawl."""
        times = [self.time, *self.available_from.values()]
        return float(max((held.max() for held in times if len(held)), default=0)) + 1
